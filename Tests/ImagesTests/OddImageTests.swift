import Foundation
import Images
import Testing

private let testData = ProcessInfo.processInfo.environment["LIMN_TEST_DATA"]

private let dumpFolder = ProcessInfo.processInfo.environment["LIMN_IMAGE_DUMP"]

/// Files of other programs' test suites; they are not part of this project.
@Suite(.enabled(if: testData != nil, "LIMN_TEST_DATA names no folder with test data"))
struct `Odd images` {
  let folder = (testData ?? "") + "/zoo/odd-images/"

  private func files(_ kind: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + kind).sorted()
    return names.filter { $0.hasSuffix(".png") || $0.hasSuffix(".jpg") }.map { "\(folder)\(kind)/\($0)" }
  }

  @Test func `of the PNG suite are read, its broken ones refused`() throws {
    let paths = try files("pngsuite")
    #expect(paths.count > 150)
    for path in paths {
      let name = (path as NSString).lastPathComponent
      // Names that begin with x are broken on purpose.
      if name.hasPrefix("x") {
        #expect(throws: ImageError.self, "\(name)") { try Raster(contentsOf: path) }
      } else {
        let raster = try Raster(contentsOf: path)
        if name.hasPrefix("s"), let side = Int(name.dropFirst().prefix(2)) { #expect(raster.width == side, "\(name)") }
        if name.hasPrefix("bas") { #expect((raster.width, raster.height) == (32, 32)) }
      }
    }
  }

  @Test func `stored interlaced and not are the same picture`() throws {
    for path in try files("pngsuite") where path.contains("/basi") {
      let twin = path.replacingOccurrences(of: "/basi", with: "/basn")
      #expect(try Raster(contentsOf: path) == Raster(contentsOf: twin), "\(path)")
    }
  }

  @Test func `turned by the camera come out upright`() throws {
    let upright = try Raster(contentsOf: folder + "exif/hopper.jpg")
    for orientation in 2...8 {
      let turned = try Raster(contentsOf: folder + "exif/hopper_orientation_\(orientation).jpg")
      try #require((turned.width, turned.height) == (upright.width, upright.height))
      let differences = zip(turned.samples, upright.samples).map { abs(Int($0) - Int($1)) }
      // Compressed once more each: alike, not equal. A wrong turn differs by 40 levels on average.
      #expect(differences.reduce(0, +) < 6 * differences.count, "orientation \(orientation)")
    }
  }

  @Test func `of every kind of JPEG are read, 12 bits refused`() throws {
    for path in try files("jpeg") where !path.hasSuffix("monkey12.jpg") { _ = try Raster(contentsOf: path) }
    let path = folder + "jpeg/monkey12.jpg"
    let error = #expect(throws: ImageError.self) { try Raster(contentsOf: path) }
    guard case .unsupported? = error else {
      Issue.record("12 bits are refused as \(String(describing: error))")
      return
    }
    let gray = try Raster(contentsOf: folder + "jpeg/tower_grayscale.jpg")
    #expect(stride(from: 0, to: gray.samples.count, by: 3).allSatisfy { gray.samples[$0] == gray.samples[$0 + 2] })
    #expect(try Raster(contentsOf: folder + "jpeg/tower_progressive.jpg").width == 512)
  }

  /// Damaged, but without loss of a pixel: what surrounds the picture is odd.
  static let harmless = ["extraneous-bytes-after-sos.jpg", "invalid-exif.jpg", "multiple-0xff-before-eoi.jpg"]

  @Test func `that are corrupt are refused in one sentence`() throws {
    for path in try files("corrupt") {
      if Self.harmless.contains((path as NSString).lastPathComponent) {
        _ = try Raster(contentsOf: path)
        continue
      }
      let error = #expect(throws: ImageError.self, "\(path)") { try Raster(contentsOf: path) }
      #expect(error?.description.hasSuffix(".") == true)
      #expect(error?.description.contains("\n") == false)
    }
  }

  /// Stores every picture as it was understood, for `Tests/Tools/compare_with_pillow.py`.
  @Test(.enabled(if: dumpFolder != nil, "LIMN_IMAGE_DUMP names no folder to store pictures in"))
  func `can be compared with another program's reading`() throws {
    let dump = try #require(dumpFolder)
    for kind in ["pngsuite", "exif", "jpeg", "corrupt"] {
      for path in try files(kind) {
        guard let raster = try? Raster(contentsOf: path) else { continue }
        try AtomicFile.write(raster.pngData(), to: "\(dump)/\(kind)_\((path as NSString).lastPathComponent).png")
        let half = raster.resized(width: raster.width / 2 + 1, height: raster.height / 3 + 1)
        try AtomicFile.write(half.pngData(), to: "\(dump)/\(kind)_\((path as NSString).lastPathComponent).half.png")
      }
    }
  }
}

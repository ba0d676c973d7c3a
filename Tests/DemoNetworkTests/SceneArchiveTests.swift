import DemoNetwork
import Foundation
import Images
import Testing

@Suite struct SceneArchiveTests {
  @Test func `an archive gives back the scenes that were written`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "limn-scenes-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try SceneArchive(count: 5, pairs: true, seed: 90, side: 30).write(to: folder)

    let images = try array("images", "|u1", "(5, 30, 30, 3)", in: folder)
    let kinds = try array("kinds", "|i1", "(5, 2)", in: folder)
    let masks = try array("masks", "|u1", "(5, 2, 113)", in: folder)
    let labels = try String(contentsOf: folder.appending(path: "labels.txt"), encoding: .utf8)
    #expect(labels.split(separator: "\n").map(String.init) == DemoNetwork.labels)

    var (samples, numbers, flags): ([UInt8], [UInt8], [Bool]) = ([], [], [])
    for seed in 90..<95 as Range<UInt64> {
      let scene = Scene(pair: true, seed: seed, side: 30)
      samples += scene.raster.samples
      numbers += scene.objects.map { UInt8(DemoNetwork.labels.firstIndex(of: $0.kind.name)!) }
      for object in scene.objects { flags += object.mask + [false, false, false, false] }
    }
    #expect(images == samples)
    #expect(kinds == numbers)
    #expect(masks.flatMap { byte in (0..<8).map { byte & (0x80 >> $0) != 0 } } == flags)
  }

  @Test(arguments: [(0, 112), (-3, 112), (1, 0), (1, 1_000_000)])
  func `an impossible archive is refused in a sentence`(count: Int, side: Int) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "limn-scenes-\(UUID())")
    #expect(throws: SceneArchiveError.self) {
      try SceneArchive(count: count, pairs: false, seed: 1, side: side).write(to: folder)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  /// The elements of a `.npy` file, whose header must be what NumPy demands.
  private func array(_ name: String, _ type: String, _ shape: String, in folder: URL) throws -> [UInt8] {
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name + ".npy")))
    #expect(bytes.prefix(8) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    let length = Int(bytes[8]) + 256 * Int(bytes[9])
    #expect((10 + length) % 64 == 0)
    let header = String(decoding: bytes[10..<(10 + length)], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"))
    #expect(header.hasSuffix("\n"))
    return Array(bytes[(10 + length)...])
  }
}

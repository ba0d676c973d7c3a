import Foundation
import Images
import Testing

@Suite struct `Files` {
  private func error(reading path: String) -> ImageError? {
    do throws(ImageError) {
      _ = try Raster(contentsOf: path)
      return nil
    } catch { return error }
  }

  @Test func `that are missing, folders or empty are told apart`() throws {
    try withTemporaryFolder { folder in
      #expect(error(reading: folder + "/none.png") == .missing(path: folder + "/none.png"))
      #expect(error(reading: folder) == .unreadable(path: folder, reason: "it is a folder"))
      try AtomicFile.write([], to: folder + "/empty.jpg")
      #expect(error(reading: folder + "/empty.jpg") == .empty(name: folder + "/empty.jpg"))
    }
  }

  @Test(arguments: [
    ("%PDF-1.4", "PDF"), ("8BPS", "Photoshop"), ("<svg width=\"2\"/>", "SVG"), ("qoif", "QOI"),
    ("FUJIFILMCCD-RAW", "raw"),
  ])
  func `of other formats are named`(content: String, kind: String) throws {
    let error = try #require(refusal(of: Array(content.utf8)))
    #expect(error.description.contains("\(kind) ") || error.description.contains("\(kind):"))
    // The command that makes something readable of it, with the file's own name, which is "it".
    #expect(error.description.contains("`") && error.description.contains(/`[^`]*\bit\b[^`]*`/), "\(error)")
  }

  @Test(
    arguments: [
      (Array("\u{8}\u{8}\u{12}\u{2}ab:\0".utf8), "an ONNX model: give it as the model"),
      ([0x93] + Array("NUMPY".utf8), "a NumPy array: give it the ending .npy"),
      (Array("cat\ndog\n".utf8), "text: give a photograph as the image, and names of classes as the labels"),
      ([0x1F, 0x8B, 8, 0], "a gzip archive: unpack it first"),
      ([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), "a DICOM file: convert it first: `dcm2img"),
    ] as [([UInt8], String)])
  func `that belong elsewhere are told where`(bytes: [UInt8], words: String) throws {
    let error = try #require(refusal(of: bytes))
    #expect(error.description.hasPrefix("it is \(words)"), "\(error)")
  }

  @Test func `of no known format are refused`() {
    for bytes in [[0], Array("hello".utf8), [0xFF, 0xD8], [0x89, 0x50]] as [[UInt8]] {
      guard case .unsupported? = refusal(of: bytes) else {
        Issue.record("\(bytes) gave \(String(describing: refusal(of: bytes)))")
        continue
      }
    }
    #expect(refusal(of: []) == .empty(name: "it"))
  }

  @Test func `are recognised by content, not by name`() throws {
    try withTemporaryFolder { folder in
      let picture = noise(width: 3, height: 3)
      try AtomicFile.write(picture.pngData(), to: folder + "/picture.jpg")
      #expect(try Raster(contentsOf: folder + "/picture.jpg") == picture)
    }
  }

  @Test func `are replaced whole, keeping links and permissions`() throws {
    try withTemporaryFolder { folder in
      let (path, link) = (folder + "/a.bin", folder + "/link.bin")
      try AtomicFile.write([1, 2, 3], to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try AtomicFile.write([4], to: link)
      #expect(FileManager.default.contents(atPath: path) == Data([4]))
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.bin", "link.bin"])
    }
  }

  @Test func `that cannot be written leave nothing behind`() throws {
    try withTemporaryFolder { folder in
      for path in [folder, folder + "/none/a.png", folder + "/" + String(repeating: "n", count: 300)] {
        #expect(throws: ImageError.self) { try AtomicFile.write([1], to: path) }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  @Test func `that are devices are written in place`() throws {
    try AtomicFile.write([1, 2, 3], to: "/dev/null")
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
  }
}

import FileKinds
import Foundation
import Testing

/// What files are, told from bytes that the tests write.
@Suite struct FileKindTests {
  static let marked: [([UInt8], FileKind)] = [
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png), ([0xFF, 0xD8, 0xFF, 0xE1], .jpeg),
    (Array("P6\n2 2\n255\n".utf8), .netpbm), (Array("P1 # ink\n".utf8), .netpbm), (Array("P7\nWIDTH 2\n".utf8), .pam),
    (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), .webp), (Array("RIFF\0\0\0\0AVI LIST".utf8), .film),
    (Array("GIF89a".utf8), .gif), (Array("BM6\0".utf8), .bmp), (Array("II*\0\u{8}\0\0\0".utf8), .tiff),
    (Array("MM\0*\0\0\0\u{8}".utf8), .tiff), (Array("II*\0\u{10}\0\0\0CR\u{2}\0".utf8), .cameraRaw),
    (Array("II*\0\u{8}\0\0\0".utf8) + [UInt8](repeating: 0, count: 99) + Array("NIKON CORPORATION".utf8), .cameraRaw),
    (Array("II+\0\u{8}\0\0\0".utf8), .tiff), ([0xFF, 0x4F, 0xFF, 0x51], .jpeg2000), ([0xFF, 0x0A, 0x10], .jpegXL),
    (Array("\0\0\0\u{18}ftypheic".utf8), .heic), (Array("\0\0\0\u{18}ftypavif".utf8), .avif),
    (Array("\0\0\0\u{18}ftypisom".utf8), .film), (Array("\0\0\0\u{18}ftypcrx ".utf8), .cameraRaw),
    ([0x1A, 0x45, 0xDF, 0xA3], .film), (Array("%PDF-1.7".utf8), .pdf),
    (Array("<?xml version=\"1.0\"?>\n<svg xmlns=\"\">".utf8), .svg), (Array("<svg width=\"2\">".utf8), .svg),
    ([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), .dicom),
    ([0x5C, 1, 0, 0] + [UInt8](repeating: 0, count: 340) + Array("n+1\0".utf8), .nifti),
    ([0x93] + Array("NUMPY".utf8), .numpy), ([0x80, 2, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}".utf8), .safetensors),
    ([0x40, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}".utf8), .safetensors),
    ([0x1C, 0, 0, 0] + Array("TFL3".utf8), .tensorFlowLite), (Array("GGUF\u{3}\0\0\0".utf8), .gguf),
    ([0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0], .darknetWeights), (Array("[net]\nbatch=1\n".utf8), .darknet),
    ([0x80, 4, 0x95] + Array("sklearn.svm".utf8), .scikitLearn), (Array("\u{8}\0\0\0ORTM".utf8), .onnxRuntime),
    ([0x80, 2] + Array("}StructuredToParameterName@@".utf8), .paddleParameters), (Array("RKNN\0".utf8), .rknn),
    ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46] + Array("ultralytics.nn.tasks".utf8), .ultralytics),
    ([0, 1, 2, 3, 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB], .tensorFlowCheckpoint),
    (Array("# a network\n[net]\nwidth=8\n[convolutional]\n".utf8), .darknet), ([0x80, 4, 0x95], .pickle),
    ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], .torchCheckpoint), ([0x1F, 0x8B, 8], .gzip),
    (Array("<?xml version=\"1.0\"?><net name=\"a\"><layers><layer id=\"0\">".utf8), .openVINO),
    (Array("name: \"net\"\nlayer {\n  name: \"conv\"\n".utf8), .caffe),
    (Array("{\"format\": \"layers-model\", \"modelTopology\": {}}".utf8), .tensorFlowJS),
    (Array("version https://git-lfs.github.com/spec/v1".utf8), .largeFilePointer),
    (Array("<!DOCTYPE html>".utf8), .web), (Array("cat\ndog\n".utf8), .text), (Array("虎\n猫\n".utf8), .text),
    (Array("{\"a\": 1}".utf8), .json), ([0, 1, 2, 3, 4], .unknown), ([], .unknown),
  ]

  @Test(arguments: marked) func `a file is known by its mark`(bytes: [UInt8], kind: FileKind) {
    #expect(FileKind(of: bytes) == kind)
  }

  @Test(
    arguments: [
      (["net/data.pkl", "net/code/__torch__.py", "net/constants.pkl"], .torchScript),
      (["archive/data.pkl", "archive/data/0"], .torchCheckpoint), (["x.npy", "labels.npy"], .numpyArchive),
      (["metadata.json", "config.json", "model.weights.h5"], .keras), (["a.txt", "x.npy"], .zip),
      (["net/archive_format", "net/models/model.json"], .torchExport),
    ] as [([String], FileKind)])
  func `a zip archive is known by what is in it`(members: [String], kind: FileKind) {
    #expect(FileKind(of: zip(members)) == kind)
  }

  @Test func `an archive cut short is known by its first member`() {
    #expect(FileKind(of: Array(zip(["x.npy", "y.npy"]).prefix(40))) == .numpyArchive)
    // Where that tells nothing, unpacking it would not help.
    let cut = FileKind(of: Array(zip(["net/data/weights/0", "net/archive_format"]).prefix(60)))
    #expect(cut == .cutArchive && cut.remedyAsModel("net.pt2").contains("again, whole"))
  }

  @Test func `networks without marks are told apart by their first fields`() {
    func message(_ fields: [UInt8]...) -> [UInt8] { fields.flatMap { $0 } }
    func field(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }
    let name = field(0x0A, Array("image".utf8))
    #expect(FileKind(of: message([0x08, 8], field(0x12, Array("pytorch".utf8)))) == .onnx)
    #expect(FileKind(of: message([0x08, 8], field(0x3A, name))) == .onnx)
    #expect(FileKind(of: message([0x08, 5], field(0x12, field(0x0A, name)))) == .coreML)
    #expect(FileKind(of: message([0x08, 1], field(0x12, field(0x0A, Array("serving_default".utf8))))) == .savedModel)
    #expect(
      FileKind(of: field(0x0A, field(0x0A, Array("x".utf8)) + field(0x12, Array("Placeholder".utf8))))
        == .tensorFlowGraph)
    #expect(
      FileKind(of: field(0x0A, [0x08, 0, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])) == .paddle)
  }

  @Test func `a folder is known by the names in it`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, files, kind) in [
      ("a", ["saved_model.pb", "variables"], .savedModel), ("b", ["Manifest.json", "Data"], .coreML),
      ("c", ["net.xml", "net.bin"], .openVINO), ("d", ["inference.pdmodel", "inference.pdiparams"], .paddle),
      ("e", ["photo.jpg", "net.onnx"], nil),
    ] as [(String, [String], FileKind?)] {
      let place = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for file in files { try Data().write(to: place.appendingPathComponent(file)) }
      #expect(FileKind(ofFolder: place.path) == kind)
      #expect(FileKind.networks(inFolder: place.path) == files.filter { $0.hasSuffix(".onnx") })
    }
  }

  @Test(arguments: FileKind.allCases) func `every kind has one sentence on what to do, with the file's own name`(
    kind: FileKind
  ) {
    for remedy in [kind.remedyAsPicture("scans/a b.x"), kind.remedyAsModel("scans/a b.x")] {
      #expect(!remedy.isEmpty && remedy.count < 330 && !remedy.hasSuffix("."), "\(kind): \(remedy)")
    }
    if let conversion = kind.conversion(of: "scans/a b.x"), conversion.contains("a b") {
      // A shell must take the name for one word.
      #expect(conversion.contains("'scans/a b"), "\(conversion)")
    }
    #expect(kind.rawValue.prefix { $0 != " " } != "")
  }

  /// A zip archive of empty files.
  private func zip(_ names: [String]) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
    var (file, directory) = ([UInt8](), [UInt8]())
    for name in names {
      let bytes = Array(name.utf8)
      directory +=
        [0x50, 0x4B, 1, 2] + number(0, 24) + number(bytes.count, 2) + number(0, 12) + number(file.count, 4) + bytes
      file += [0x50, 0x4B, 3, 4] + number(0, 22) + number(bytes.count, 2) + number(0, 2) + bytes
    }
    let end = number(0, 4) + number(names.count, 2) + number(names.count, 2) + number(directory.count, 4)
    return file + directory + [0x50, 0x4B, 5, 6] + end + number(file.count, 4) + number(0, 2)
  }
}

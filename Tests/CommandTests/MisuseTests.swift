import Foundation
import ONNXFiles
import Testing

@Suite struct MisuseTests {
  let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.writePhotograph()
    try folder.write("not a picture", to: "text.png")
    try folder.write("cat\ndog\n", to: "labels.txt")
    try folder.write([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], to: "net.pt")
    try folder.write([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), to: "scan.bin")
    try folder.write([0x93] + Array("NUMPY".utf8), to: "array.bin")
    try folder.write(folder.bytes("photo.png"), to: "picture.npy")
    try folder.write("P5\n30000 30000\n255\n", to: "large.ppm")
    for (name, file) in [("exported", "saved_model.pb"), ("folder", "net.onnx")] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
      try folder.write("", to: "\(name)/\(file)")
    }
  }

  struct Case: CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    /// What the sentence must say.
    let says: String

    init(_ arguments: String, _ status: Int32, _ says: String) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      (self.status, self.says) = (status, says)
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let cases = [
    Case("compare --no-such-option", 64, "no-such-option"),
    Case("frobnicate", 64, "frobnicate"),
    Case("explain", 64, "image"),
    Case("explain photo.png --opacity 2", 64, "between 0 and 1"),
    Case("explain photo.png --colormap mauve", 64, "viridis"),
    Case("explain photo.png --score loss", 64, "score"),
    Case("explain photo.png --threads 0", 64, "from 1 to"),
    Case("explain photo.png --threads 100000", 64, "from 1 to"),
    Case("explain photo.png --precision half", 64, "bf16"),
    Case("explain photo.png --memory plenty", 64, "memory"),
    Case("explain photo.png --memory 0GB", 64, "memory"),
    Case("explain photo.png --preset keras --model net.onnx", 64, "imagenet"),
    Case("explain photo.png --std 0 --model net.onnx", 64, "divide by zero"),
    Case("explain photo.png --size 0 --model net.onnx", 64, "size"),
    Case("explain photo.png --labels labels.txt", 64, "--model"),
    Case("explain photo.png --network resnet51 --weights text.png", 64, "nearest: resnet50"),
    Case("explain photo.png --network resnet50", 64, "--weights"),
    Case("explain photo.png --weights text.png", 64, "--network"),
    Case("explain photo.png --network resnet50 --model net.onnx", 64, "one of them"),
    Case("layers --network resnet50 --weights missing.safetensors", 66, "missing.safetensors"),
    Case("layers --network resnet50 --weights text.png", 65, "no usable safetensors file"),
    Case("compare --network resnet50 --weights text.png", 64, "which image"),
    Case("explain photo.png --preset tf", 64, "demo network"),
    Case("explain photo.png --target top:2", 64, "compare"),
    Case("explain photo.png --method grad-cam,cam", 64, "compare"),
    Case("explain photo.png --method grad-kam", 64, "grad-cam"),
    Case("explain photo.png -o map.bmp", 64, "png, jpg, pdf, svg, npy, npz, json, html, nii.gz, nii or gif"),
    Case("explain photo.png -o map", 64, "extension"),
    Case("explain photo.png -o photo.png", 64, "overwrite"),
    Case("compare photo.png -o maps.npy", 64, "limn explain"),
    Case("compare --model net.onnx", 64, "which image"),
    Case("explain text.png", 65, "text.png"),
    Case("explain photo.png --model photo.png", 65, "PNG picture: give it as the image"),
    Case("explain photo.png --model labels.txt", 65, "text: give an .onnx, .pt2 or .keras file as the model"),
    Case("explain photo.png --model net.pt", 65, "it ends too early; save the network's weights"),
    Case("explain photo.png --model exported", 65, "a TensorFlow SavedModel: convert it first: `python3 -m tf2onnx"),
    Case("explain photo.png --model folder", 66, "give net.onnx in it"),
    Case("explain labels.txt", 65, "text: give a photograph as the image"),
    Case("explain scan.bin", 65, "a DICOM file: convert it first: `dcm2img --write-png scan.bin scan.png`"),
    Case("explain array.bin", 65, "a NumPy array: give it the ending .npy"),
    Case("explain picture.npy", 65, "a PNG picture, not a NumPy array: give it the ending of its kind"),
    Case("explain large.ppm", 65, "more than 256 megapixels: reduce it, or raise the limit (--megapixels)"),
    Case("explain photo.png --megapixels 0", 64, "from 1 to"),
    Case("explain photo.png --target zeppelin", 65, "zeppelin"),
    Case("explain photo.png --layer no-such-layer", 65, "nearest"),
    Case("compare photo.png --layer no-such-layer", 65, "nearest"),
    Case("explain missing.png", 66, "missing.png"),
    Case("compare missing.png text.png", 65, "none of the 2 pictures"),
    Case("layers --model missing.onnx", 66, "missing.onnx"),
    Case("explain photo.png --model missing.onnx", 66, "missing.onnx"),
    Case("explain photo.png -o nowhere/map.png", 73, "nowhere"),
    Case("compare photo.png -o nowhere/map.pdf", 73, "nowhere"),
  ]

  @Test(arguments: cases)
  func `Misuse ends with its own status, one sentence on standard error, and no file`(misuse: Case) throws {
    let before = try folder.contents
    let photograph = try folder.bytes("photo.png")
    let run = try Command.run(misuse.arguments, in: folder)
    #expect(run.status == misuse.status)
    #expect(run.errors.hasPrefix("limn: "))
    #expect(run.errors.contains(misuse.says), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(try folder.contents == before)
    #expect(try folder.bytes("photo.png") == photograph)
  }

  @Test func `A picture that cannot be used is told and left out, and the others are explained`() throws {
    let run = try Command.run(["compare", "photo.png", "missing.png", "-o", "sheet.png"], in: folder)
    #expect(run.status == 65 && run.errors.contains("missing.png is left out"), "\(run.errors)")
    #expect(run.errors.contains("1 of 2 pictures could not be used"))
    #expect(run.output.contains("photo.png: ") && run.output.contains("Written: sheet.png"))
    #expect(try folder.bytes("sheet.png").starts(with: "\u{89}PNG".unicodeScalars.map { UInt8($0.value) }))
  }

  @Test func `An input is not overwritten under another of its names either`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.path("link.png"), withDestinationPath: "photo.png")
    let run = try Command.run(["explain", "photo.png", "-o", "link.png"], in: folder)
    #expect(run.status == 64)
  }

  @Test func `what is found beside a network is not written over either`() throws {
    let (network, weights) = ONNXFile.vector(3).keepingWeights(in: "weights.npy")
    try folder.write(network.bytes, to: "own.onnx")
    try folder.write(weights, to: "weights.npy")
    try folder.write(#"{"labels": "names.json"}"#, to: "own.limn.json")
    try folder.write(#"["cat", "dog", "fox"]"#, to: "names.json")
    try FileManager.default.createDirectory(atPath: folder.path("saved"), withIntermediateDirectories: false)
    try folder.write(ONNXFile.vector(3).bytes, to: "saved/model.onnx")
    try folder.write(#"{"model_type": "vit", "id2label": {"0": "a", "1": "b", "2": "c"}}"#, to: "saved/config.json")
    try folder.write(#"{"image_mean": [0.5], "image_std": [0.5]}"#, to: "saved/preprocessor_config.json")
    let cases = [
      ("own.onnx", ["own.limn.json", "names.json", "weights.npy"]),
      ("saved", ["saved/config.json", "saved/preprocessor_config.json"]), ("saved/model.onnx", ["saved/config.json"]),
    ]
    for (model, outputs) in cases {
      for output in outputs {
        let before = try folder.bytes(output)
        let run = try Command.run(["explain", "photo.png", "--model", model, "-o", output], in: folder)
        #expect(run.status == 64 && run.errors.contains("would overwrite the input"), "\(output): \(run.errors)")
        #expect(try folder.bytes(output) == before)
      }
    }
    let forced = try Command.run(["init", "--model", "saved", "-o", "saved/config.json", "--force"], in: folder)
    #expect(forced.status == 64, "\(forced.errors)")
    let other = try Command.run(["explain", "photo.png", "--model", "saved", "-o", "saved/map.npy"], in: folder)
    #expect(other.status == 0, "\(other.errors)")
  }

  @Test func `a name that is no UTF-8 is said to be none`() throws {
    let run = try Command.run(["explain", "b\u{FFFD}d.png"], in: folder)
    #expect(run.status == 66 && run.errors.contains("its name is not UTF-8"), "\(run.errors)")
  }
}

import Foundation

/// What a file that is not ONNX looks like from its first bytes.
public enum FileKind: String, Hashable, Sendable {
  case png = "a PNG picture"
  case jpeg = "a JPEG picture"
  case torch = "a PyTorch or zip archive"
  case pickle = "a Python pickle"
  case hdf5 = "an HDF5 (Keras) file"
  case tensorFlowLite = "a TensorFlow Lite model"
  case safetensors = "a safetensors file"
  case numpy = "a NumPy array"
  case gzip = "a gzip archive"
  case gguf = "a GGUF file"
  case pdf = "a PDF document"
  case largeFilePointer = "a Git LFS pointer"
  case web = "a web page"
  case text = "text"
  case unknown = "something else"

  /// Recognises the kind by content, never by name.
  init(recognizing data: Data) {
    let head = [UInt8](data.prefix(64))
    func starts(_ bytes: [UInt8], at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: bytes) }
    func starts(_ text: String, at offset: Int = 0) -> Bool { starts([UInt8](text.utf8), at: offset) }
    self =
      if starts([0x89, 0x50, 0x4E, 0x47]) { .png } else if starts([0xFF, 0xD8, 0xFF]) {
        .jpeg
      } else if starts([0x50, 0x4B, 0x03, 0x04]) { .torch } else if starts([0x80, 0x02]) || starts([0x80, 0x04]) {
        .pickle
      } else if starts([0x89, 0x48, 0x44, 0x46]) { .hdf5 } else if starts("TFL3", at: 4) {
        .tensorFlowLite
      } else if starts("{\"", at: 8) { .safetensors } else if starts([0x93, 0x4E, 0x55, 0x4D]) {
        .numpy
      } else if starts([0x1F, 0x8B]) { .gzip } else if starts("GGUF") { .gguf } else if starts("%PDF") {
        .pdf
      } else if starts("version https://git-lfs") {
        .largeFilePointer
      } else if starts("<!DOCTYPE") || starts("<html") || starts("<!doctype") {
        .web
      } else if !head.isEmpty, head.allSatisfy({ (0x20..<0x7F).contains($0) || [9, 10, 13].contains($0) }) {
        .text
      } else { .unknown }
  }

  /// What to do with such a file.
  var remedy: String {
    switch self {
    case .torch, .pickle: "export the network with torch.onnx.export"
    case .safetensors:
      "it holds weights only; load them in PyTorch and export the network with torch.onnx.export"
    case .hdf5, .tensorFlowLite: "convert it with tf2onnx"
    case .largeFilePointer: "fetch the file itself with `git lfs pull`"
    case .web: "download the file itself rather than the page that shows it"
    case .gzip: "unpack it first"
    case .png, .jpeg: "give it as the image, and an .onnx file as the model"
    default: "give an .onnx file"
    }
  }
}

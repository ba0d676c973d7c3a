import Runtimes

/// The library that the tests of this computer run with.
enum Installed {
  static let runtime = try? OnnxRuntime()
  static var isThere: Bool { runtime != nil }
  static let remedy = "ONNX Runtime is not installed: set LIMN_ONNXRUNTIME to its library"
}

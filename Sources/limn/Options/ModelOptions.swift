import ArgumentParser
import Kernels

/// Which network, what its classes are called, and how hard it may work.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The network, an ONNX file; without it, the small demo network.", valueName: "file"),
    completion: .file(extensions: ["onnx"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The names of the classes, one per line; WordNet identifiers in front are left out.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(help: ArgumentHelp("How many threads to compute on; without it, one per core.", valueName: "number"))
  var threads: Int?

  @Option(
    name: .customLong("precision"),
    help: ArgumentHelp(
      "What the network computes in: float32, or bf16, up to twice as fast with 8 bits of precision.",
      valueName: "float32|bf16"))
  private var precisionName = PrecisionName.float32

  var precision: Precision { precisionName == .bf16 ? .bfloat16 : .float32 }

  enum PrecisionName: String, ExpressibleByArgument, CaseIterable { case float32, bf16 }

  func validate() throws {
    guard precision.isSupported else {
      throw ValidationError(
        "--precision bf16 needs a processor with AVX-512 BF16, and leave from oneDNN to use it: "
          + "leave the option out to compute in float32")
    }
    if let threads, !Threading.sensibleCounts.contains(threads) {
      throw ValidationError(
        "--threads \(threads): give a number from 1 to \(Threading.sensibleCounts.upperBound)")
    }
    if isDemo, labels != nil { throw ValidationError("--labels names the classes of --model, which is missing") }
  }

  /// Whether no network was named, and the command's own is explained.
  var isDemo: Bool { model == nil }

  /// The network that was named: the one place that knows every kind of ``ModelSource``.
  func source() throws -> any ModelSource {
    guard let model else { return DemoSource() }
    return ONNXSource(path: model)
  }

  /// Every file these options name.
  func files() throws -> [NamedFile] {
    try source().files + (labels.map { [NamedFile(path: $0, kind: "labels")] } ?? [])
  }

  /// Makes sure that the files are there, before any work begins.
  func checkFiles() throws {
    for file in try files() { try InputFile.check(file.path, as: file.kind) }
  }
}

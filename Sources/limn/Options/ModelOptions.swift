import ArgumentParser

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

  func validate() throws {
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

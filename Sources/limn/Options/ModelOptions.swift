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

  @Option(
    help: ArgumentHelp(
      "The most memory that methods of many passes may fill with images at a time: 500MB, 2GB; 1GB without it.",
      valueName: "size"))
  var memory: ByteCount?

  func validate() throws {
    if let threads, !Threading.sensibleCounts.contains(threads) {
      throw ValidationError(
        "--threads \(threads): give a number from 1 to \(Threading.sensibleCounts.upperBound)")
    }
    if model == nil, labels != nil { throw ValidationError("--labels names the classes of --model, which is missing") }
  }

  /// Makes sure that the files are there, before any work begins.
  func checkFiles() throws {
    if let model { try InputFile.check(model, as: "model") }
    if let labels { try InputFile.check(labels, as: "labels") }
  }
}

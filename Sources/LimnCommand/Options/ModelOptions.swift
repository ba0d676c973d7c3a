import ArgumentParser
import AttributionKit
import Explaining
import Images
import Kernels
import NetworkDefinitions

/// Which network, what its classes are called, and how hard it may work.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The network: an ONNX or Keras file, a folder of transformers or timm, or weights; without it and --network, the small demo network.",
      valueName: "file"),
    completion: .file(extensions: ["onnx", "keras", "h5", "safetensors", "pth", "pt", "bin", "ckpt", "json"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A network that Limn knows, such as resnet50, instead of a file; 'limn networks' lists them.", valueName: "name"),
    completion: .list(NetworkDefinition.builtIn.map(\.name)))
  var network: String?

  @Option(
    help: ArgumentHelp(
      "The weights of --network, a safetensors file or a PyTorch checkpoint.", valueName: "file"),
    completion: .file(extensions: ["safetensors", "pth", "pt", "bin", "ckpt"]))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "The names of the classes: lines, JSON, YAML, a table, in any of the usual forms.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(
    name: .customLong("classes"), parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Of a network that makes embeddings, its classes: texts such as "a photo of a dog", which its own text tower makes vectors of, \
      a file with one on each line, or an array of vectors, classes × features.
      """,
      discussion: """
        All that follows up to the next option is taken, so photographs come before it. "a photo of a {}" is a template for the \
        names of --labels. The score of a class is the cosine, scaled as the network has learned, or 100 times.
        """, valueName: "text|file"),
    completion: .file(extensions: ["npy", "txt"]))
  var classes: [String] = []

  @Option(
    name: .customLong("manifest"),
    help: ArgumentHelp(
      "What the network's file does not say; without it, net.limn.json beside net.onnx. `limn init` writes one.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var manifestPath: String?

  @Option(
    help: ArgumentHelp(
      "Which of several outputs is explained, by name or number, or a value inside; the one that is the answer.",
      valueName: "output"))
  var logits: String?

  @Option(
    help: ArgumentHelp(
      """
      Of a sequence, as text readers put out, the step whose classes are explained, from 0 on; 'decoded' for the string \
      that is read step by step.
      """, valueName: "step|decoded"))
  var step: String?

  @Option(
    help: ArgumentHelp(
      """
      What the output's numbers mean where the file does not say: scores of classes of which one is right, of several \
      that may be, or numbers that are no scores, as a regression's.
      """, valueName: "classes|multilabel|numbers"))
  var answer: ModelRequest.Answer?

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      """
      What fills an input other than the photograph's: a picture, prepared as the photograph is or as the manifest says, an \
      array in the input's own shape, or a number.
      """, discussion: "May be given several times.", valueName: "name=file|number"))
  var fixedInputs: [FixedInput] = []

  @Option(
    name: .customLong("attribute"),
    help: ArgumentHelp(
      "Of several inputs with pictures, those that are attributed to, by name; the photograph's without it.",
      valueName: "input,…"))
  var attributed: String?

  @Option(help: ArgumentHelp("How many threads to compute on; without it, one per core.", valueName: "number"))
  var threads: Int?

  @Option(
    name: .customLong("precision"),
    help: ArgumentHelp(
      "What the network multiplies: float32, or bf16, which has 8 bits and is faster on some processors.",
      valueName: "float32|bf16"))
  private var precisionName = PrecisionName.float32

  var precision: Precision { precisionName == .bf16 ? .bfloat16 : .float32 }

  enum PrecisionName: String, ExpressibleByArgument, CaseIterable { case float32, bf16 }

  @Option(help: "Which of Limn's own networks is explained where no other is named: the classifier, or the detector.")
  var demo: Demo?

  /// What `--demo` takes.
  enum Demo: String, ExpressibleByArgument, CaseIterable { case classifier, detector }

  @Option(
    help: ArgumentHelp(
      "Of a detector, how likely a box must be to be listed, from 0 to 1; 0.25 without it.", valueName: "share"))
  var confidence: Float?

  @Option(
    help: ArgumentHelp(
      "The most memory that methods of many passes may fill with images at a time: 500MB, 2GB; 1GB without it.",
      valueName: "size"))
  var memory: ByteCount?

  @Option(
    help: ArgumentHelp("The most millions of pixels that a photograph may have; 256 without it.", valueName: "number"))
  private var megapixels: Int?

  /// The most pixels that a photograph may have.
  var pixelLimit: Int { megapixels.map { $0 * 1_000_000 } ?? Raster.defaultPixelLimit }

  func validate() throws {
    if let megapixels, !(1...100_000).contains(megapixels) {
      throw ValidationError("--megapixels \(megapixels): give a number from 1 to 100000")
    }
    guard precision.isSupported else {
      throw ValidationError(
        "--precision bf16 needs a processor with AVX-512 BF16, and leave from oneDNN to use it: "
          + "leave the option out to compute in float32")
    }
    if let threads, !Threading.sensibleCounts.contains(threads) {
      throw ValidationError(
        "--threads \(threads): give a number from 1 to \(Threading.sensibleCounts.upperBound)")
    }
    if let confidence, !(0...1).contains(confidence) {
      throw ValidationError("--confidence \(confidence) is not between 0 and 1")
    }
    try validateNetwork()
    if demo != nil, !isDemo {
      throw ValidationError("--demo names a network of Limn's own, and another is named: leave one out")
    }
  }

  private func validateNetwork() throws {
    guard let network else {
      guard weights == nil else {
        throw ValidationError("--weights are those of --network, which is missing; 'limn networks' lists the names")
      }
      return
    }
    guard model == nil else { throw ValidationError("--model and --network both name a network: give one of them") }
    var name = network
    if !NetworkDefinition.isVariant(network) {
      do { name = try NetworkDefinition.named(network).name } catch { throw ValidationError("\(error)") }
    }
    guard weights != nil else {
      throw ValidationError(
        "--network \(name) needs its weights: give a safetensors file or a PyTorch checkpoint with --weights")
    }
  }

  /// Whether no network was named, and the command's own is explained.
  var isDemo: Bool { model == nil && network == nil }

  /// The network that was named, with what these options, others and its manifest settle about it.
  ///
  /// What inputs are fixed to is read when the network is opened.
  func file(_ recipe: Recipe, layer: String? = nil, score: ScoreKind? = nil) throws -> NetworkFile {
    if isDemo, answer != nil { throw Failure.usage("--answer is about the output of --model, which is missing") }
    if isDemo, labels != nil { throw Failure.usage("--labels names the classes of --model, which is missing") }
    var file = demo == .detector ? NetworkFile.demoDetector : NetworkFile.demo
    if let model { file = NetworkFile(model) }
    if let network, let weights { file = .weights(weights, of: network) }
    (file.output, file.labels, file.recipe, file.layer, file.score) = (logits, labels, recipe, layer, score)
    (file.answer, file.threads) = (answer, threads)
    if let step {
      guard step == "decoded" || Int(step).map({ $0 >= 0 }) == true else {
        throw Failure.usage("--step \(step): give a step's number, from 0 on, or 'decoded'")
      }
      file.output = "\(logits ?? "0")[\(step)]"
      if step == "decoded" { file.answer = .numbers }
    }
    file.precision = precision == .bfloat16 ? .bfloat16 : .float32
    if let manifestPath {
      try file.follow(Manifest(contentsOf: manifestPath), at: manifestPath)
    } else if let note = try file.followManifestBeside() {
      Console.note(note)
    }
    guard !isDemo || file.recipe.isEmpty && file.recipe.size == nil else {
      throw Failure.usage(
        "the demo network has its own preprocessing: name a network with --model or --network, or leave it out")
    }
    return file
  }

  /// Every file that is read with the network, the network's own first.
  func files(with file: NetworkFile) -> [NamedFile] {
    var files = file.isFile ? [NamedFile(path: file.path, kind: weights == nil ? "model" : "weights")] : []
    func add(_ path: String?, _ kind: String) { if let path { files.append(NamedFile(path: path, kind: kind)) } }
    add(manifestPath, "manifest")
    for input in fixedInputs where input.number == nil { add(input.path, "input") }
    if let vectors = PromptOptions(classes).vectors { add(vectors, "vectors") }
    add(file.labels, "labels")
    return files
  }

  /// The paths of all files that are read with the network, named or found by themselves, none of which may be written over.
  func paths(with file: NetworkFile) -> [String] { files(with: file).map(\.path) + file.files }

  /// Opens the network, and tells what is worth knowing about it.
  ///
  /// Of an embedding, it does not matter what its numbers mean.
  func open(_ file: NetworkFile, in catalogue: Catalogue, asEmbedding: Bool = false) throws -> Explainer {
    var file = file
    let asked = PromptOptions(classes)
    file.classVectors = try asked.vectors.map { try NumPyFile.read(contentsOf: $0) }
    file.prompts = try asked.texts()
    file.attributedInputs = attributed.map { $0.split(separator: ",").map(\.trimmed) } ?? []
    let shown = fixedInputs.filter { $0.isPhotograph || file.attributedInputs.contains($0.name) && $0.number == nil }
    file.inputs = Dictionary(shown.map { ($0.name, Picture($0.path)) }) { _, later in later }
    file.fixedInputs = try FixedInput.arrays(fixedInputs.filter { file.inputs[$0.name] == nil })
    var explainer = try Explainer(file, catalogue: catalogue)
    if let memory { explainer.memoryLimit = memory.bytes }
    explainer.pixelLimit = pixelLimit
    if let confidence { explainer.detectionThreshold = confidence }
    for note in explainer.notes where !asEmbedding || note.setting != .answer { Console.note(note) }
    return explainer
  }
}

/// A file that the user names, with what it should hold: "model", "weights".
struct NamedFile {
  let path: String
  let kind: String

  /// Makes sure that it is there and may be read, before any work begins.
  func check() throws { try InputFile.check(path, as: kind) }
}

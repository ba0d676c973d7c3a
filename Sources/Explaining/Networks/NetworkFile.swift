public import AttributionKit
import FileKinds
import Foundation
import Formats
public import Tensors

/// A network's file, with what somebody settles about it that the file does not say.
public struct NetworkFile: Sendable {
  /// The file, as the user named it.
  public var path: String
  /// The identifier of its format; `nil` for the first that takes the file for its own by its content.
  public var format: String?
  /// The name of the network, for files that hold nothing but its weights.
  public var architecture: String?
  /// The output that is explained, by name or number from 0, or a value inside of the network.
  ///
  /// Without it, it is the one that is the answer. Of an output of tokens, `y[0]` is the first row.
  public var output: String?
  /// What the numbers of that output mean; without it, what the file says, or else classes.
  public var answer: ModelRequest.Answer?
  /// What inputs other than the image are fixed to, by their names, in the inputs' own shapes.
  public var fixedInputs: [String: Tensor] = [:]
  /// The pictures of inputs besides the photograph's, by the inputs' names; the same for every photograph.
  public var inputs: [String: Picture] = [:]
  /// How the pictures of those inputs are prepared; without it, as the file says, or else as the photograph is.
  public var inputRecipes: [String: Recipe] = [:]
  /// The inputs that are attributed to, each in its turn; the photograph's own where there are none.
  public var attributedInputs: [String] = []
  /// A vector for each class, `[classes, features]`, that the network's embedding is compared with, of texts perhaps.
  public var classVectors: Tensor?
  /// Texts that name the classes, whose vectors the network's own half for texts makes; templates with `{}` in the place of
  /// each of the labels, too.
  public var prompts: [String] = []
  /// What layers compute that the file holds as code, which is never run, by the layers' names: `"x / 127.5 - 1"`.
  public var lambdas: [String: String] = [:]
  /// How the rows of a detector are read, where its file does not say.
  public var detection: DetectionSettings?
  /// What the network multiplies.
  public var precision = ModelRequest.Precision.float32
  /// How many threads compute and draw, at least 1; `nil` for as many as the machine has processors.
  public var threads: Int?
  /// The shape of the first picture that is an array, without the batch: it settles what the file leaves open.
  public var arrayShape: [Int]?
  /// A text file with the names of the classes, one per line; they replace the names that come with the network.
  public var labels: String?
  /// How photographs are prepared.
  public var recipe = Recipe()
  /// The layer of methods that take one and were given none, by name or pattern.
  public var layer: String?
  /// What the score of a class is; the logit without it.
  public var score: ScoreKind?
  /// The manifest that was followed; `nil` for none.
  public private(set) var manifest: String?
  /// Whether ``path`` names a file: the demo network is in none.
  public private(set) var isFile = true

  /// The network in a file of any format that is known by its content.
  public init(_ path: String) { self.path = path }

  /// A network that is known by name, with its weights from a file.
  public static func weights(_ path: String, of architecture: String) -> NetworkFile {
    var file = NetworkFile(path)
    (file.format, file.architecture) = ("weights", architecture)
    return file
  }

  /// The small network that is part of the program.
  public static let demo: NetworkFile = {
    var file = NetworkFile("demo")
    (file.format, file.isFile) = ("demo", false)
    return file
  }()

  /// The small detector that is part of the program.
  public static let demoDetector: NetworkFile = {
    var file = NetworkFile(DemoFormat.detectorPath)
    (file.format, file.isFile) = ("demo", false)
    return file
  }()
}

extension NetworkFile {
  /// Lets a manifest speak where nothing else was settled; `place` is the manifest's own path, from whose folder it sees
  /// other files.
  ///
  /// - Throws: ``ExplainingError`` where the manifest's recipe cannot be followed.
  public mutating func follow(_ manifest: Manifest, at place: String) throws(ExplainingError) {
    self.manifest = place
    if labels == nil, let named = manifest.labels {
      let folder = URL(fileURLWithPath: place).deletingLastPathComponent()
      labels = named.hasPrefix("/") ? named : folder.appendingPathComponent(named).relativePath
    }
    output = output ?? manifest.output
    answer = answer ?? manifest.answer
    layer = layer ?? manifest.layer
    score = score ?? manifest.score
    for (input, other) in manifest.inputs ?? [:] {
      inputRecipes[input, default: Recipe()].fill(from: other)
      do { try other.check() } catch { throw ExplainingError(.data, "\(place): \(error)", about: error.setting) }
    }
    detection = detection ?? manifest.detection
    if lambdas.isEmpty { lambdas = manifest.lambdas ?? [:] }
    guard let other = manifest.preprocessing else { return }
    recipe.fill(from: other)
    do { try recipe.check() } catch { throw ExplainingError(.data, "\(place): \(error)", about: error.setting) }
  }

  /// Follows the manifest that lies beside the file: `net.limn.json` for `net.onnx`.
  ///
  /// - Returns: A note that says so, where there is one.
  /// - Throws: ``ExplainingError`` where it cannot be read or followed.
  public mutating func followManifestBeside() throws(ExplainingError) -> Note? {
    let place = Manifest.path(beside: path)
    guard isFile, FileManager.default.fileExists(atPath: place) else { return nil }
    try follow(Manifest(contentsOf: place), at: place)
    return Note("following \(place)")
  }

  /// Every file that opening the network reads, its own first.
  ///
  /// Its manifest, its labels and whatever belongs to it in its folder are among them; none may be written over.
  public var files: [String] {
    guard isFile else { return (manifest.map { [$0] } ?? []) + (labels.map { [$0] } ?? []) }
    let network = place
    return [network, manifest, labels].compactMap { $0 } + FilesBeside.paths(of: network)
  }

  /// Where the network itself is: the file, or that of a folder which holds one.
  var place: String { FileKind.network(inFolder: path) ?? path }

  /// What the network's format is asked for.
  var request: ModelRequest {
    var request = ModelRequest(
      path: place, architecture: architecture,
      imageSize: recipe.size.map { ($0.height, $0.width) },
      arrayShape: arrayShape, output: output, fixedInputs: fixedInputs, precision: precision,
      threads: threads)
    request.pictureInputs = Set(inputs.keys)
    request.classVectors = classVectors
    request.lambdas = lambdas
    request.answer = answer
    request.detection = detection
    request.classCount = labels.flatMap { try? Labels(file: $0).names.count }
    return request
  }

  /// The texts that name the classes, with the names for templates; `nil` where there are none.
  ///
  /// - Throws: ``ExplainingError`` where the labels cannot be read.
  func askedPrompts() throws(ExplainingError) -> Prompts? {
    guard !prompts.isEmpty else { return nil }
    guard classVectors == nil else {
      throw .usage("the classes are given by vectors and by texts: leave one out", about: .classVectors)
    }
    guard let labels else { return Prompts(prompts) }
    return Prompts(prompts, names: try Labels(file: labels).names)
  }
}

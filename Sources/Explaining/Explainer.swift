public import AttributionKit
import Formats
import Foundation
public import Images
import Tensors

/// A network opened for explaining: with the names of what it may answer, the way photographs are prepared for it, and
/// everything that can be asked for by name.
///
///     let explainer = try Explainer("resnet50.onnx")
///     let explained = try explainer.explain("photo.jpg", targets: ["tabby", "top:2"], methods: "cam, grad-cam")
///
/// An explainer prints nothing and changes nothing outside of itself: what is worth knowing stands in ``notes``.
public struct Explainer: Sendable {
  /// The network.
  public internal(set) var model: any ModelAdapter
  /// The shape of the network's answer for one image: `[classes]`, `[classes, height, width]` of a segmentation, or the
  /// `[features]` of an embedding.
  public let outputShape: [Int]
  /// What its answers are called, and whether they are classes at all.
  public let names: ClassNames
  /// Where the network came from.
  public let origin: ModelOrigin
  /// What the network multiplies.
  public let precision: ModelRequest.Precision
  /// How many processors decode and draw.
  public let workers: Workers
  /// How photographs are prepared; `nil` where none fits the input, only an array.
  public internal(set) var preprocessing: Preprocessing?
  /// The pictures of the network's further inputs, the same for every photograph.
  public internal(set) var companions: [Companion] = []
  /// The inputs that are attributed to, each in its turn; the photograph's own unless others were named.
  public let attributedInputs: [String]
  /// What was said of how photographs are prepared.
  let recipe: Recipe
  /// Whether neither the network's file nor anybody else said how photographs are prepared.
  public let isPreprocessingAssumed: Bool
  /// The layer of methods that take one and were given none, by name or pattern; `nil` for each method's own choice.
  public let layer: String?
  /// What the score of a class is where a question does not say.
  public let score: ScoreKind
  /// What can be asked for by name.
  public let catalogue: Catalogue
  /// The method for one map where none is named: Grad-CAM, or generic attention where texts are compared with a transformer's
  /// embedding.
  public let usualMethod: String
  /// The method for one map on most networks.
  public static let usualMethod = "grad-cam"
  /// What was assumed in opening the network, and what people should know of it.
  public private(set) var notes: [Note]
  /// The most bytes that the batches of methods with many passes may hold at a time, besides the network itself.
  public var memoryLimit = SessionOptions.defaultMemoryLimit
  /// How likely a detector's box must be to be listed, from 0 to 1.
  public var detectionThreshold: Float = 0.25
  /// The most pixels that a photograph's file may declare; more is refused before any memory is taken.
  public var pixelLimit = Raster.defaultPixelLimit
  /// Whether a method may name a folder of this computer whose pictures it takes, as those with a set of baselines do.
  ///
  /// Not where expressions come from people who have no business with its files.
  public var readsFolders = true

  /// Opens the network in a file of any format in the catalogue, following the manifest that lies beside it.
  ///
  /// - Parameters:
  ///   - path: the file: ONNX, Keras, or of a format that was added.
  ///   - catalogue: what can be asked for by name; by default what is built in.
  /// - Throws: ``ExplainingError``, which tells whose fault it is.
  public init(_ path: String, catalogue: Catalogue = Catalogue()) throws(ExplainingError) {
    var file = NetworkFile(path)
    let note = try file.followManifestBeside()
    try self.init(file, catalogue: catalogue, notes: note.map { [$0] } ?? [])
  }

  /// Opens a network.
  ///
  /// - Parameters:
  ///   - file: the file, and what is settled that it does not say.
  ///   - catalogue: what can be asked for by name; by default what is built in.
  /// - Throws: ``ExplainingError``, which tells whose fault it is.
  public init(_ file: NetworkFile, catalogue: Catalogue = Catalogue()) throws(ExplainingError) {
    try self.init(file, catalogue: catalogue, notes: [])
  }

  private init(_ file: NetworkFile, catalogue: Catalogue, notes: [Note]) throws(ExplainingError) {
    var (file, notes) = (file, notes)
    // What a description beside the network says of its numbers decides what may be asked of them.
    if file.isFile, file.answer == nil, file.output == nil, let told = ToldAnswer(ofNetwork: file.place) {
      file.answer = told.answer
      notes.append(told.note)
    }
    var opened = try catalogue.open(file)
    opened.notes = notes + opened.notes
    try self.init(opened, of: file, catalogue: catalogue)
  }

  /// A network that is open already: one of the program's own.
  ///
  /// - Parameters:
  ///   - opened: the network, with what belongs to it.
  ///   - file: what it is called, and what else is settled; no file of that name need be there.
  ///   - catalogue: what can be asked for by name; by default what is built in.
  /// - Throws: ``ExplainingError`` where the names are those of another network, the recipe does not fit the input, or
  ///   the input is no image's.
  public init(
    _ opened: OpenedModel, of file: NetworkFile, catalogue: Catalogue = Catalogue()
  ) throws(ExplainingError) {
    guard opened.model.input.shape.count == 3 else {
      throw .data(
        "the network's input is \(Wording.extent(opened.model.input.shape)); only networks that take images, "
          + "channels × height × width, can be explained")
    }
    var notes = opened.notes
    let head = (opened.model as? any DetectingModel)?.detectionHead
    let count = head?.classCount ?? opened.outputShape.first ?? 1
    let areNumbers = file.answer == .numbers
    if areNumbers, opened.model.explained.link != nil {
      throw .data(
        "\(file.path): its format takes the output '\(opened.model.explained.name)' for scores of classes, whatever is said",
        about: .answer)
    }
    var labels = opened.classNames.map(Labels.init)
    if let path = file.labels {
      var given = try Labels(file: path)
      // Lists of what a detector finds mostly leave out that it found nothing.
      if head?.background == .first, given.names.count == count - 1 { given = Labels(["background"] + given.names) }
      let (matching, note) = try given.matching(count, areNumbers: areNumbers, from: path)
      notes += given.notes + (note.map { [$0] } ?? [])
      if let own = labels, let note = matching.contradiction(of: own, from: path) { notes.append(note) }
      labels = matching
    }
    (model, outputShape) = (opened.model, opened.outputShape)
    names = ClassNames(labels: labels, count: count, areNumbers: areNumbers)
    origin = ModelOrigin(opened, named: file.path)
    (precision, layer, score) = (file.precision, file.layer, file.score ?? .logit)
    workers = Workers(file.threads)
    (self.catalogue, self.notes) = (catalogue, notes)
    // Names say that they are classes; so many, without them, are ImageNet's.
    if opened.isAnswerAssumed, labels == nil, ![1000, 1001].contains(count) {
      let place = opened.outputShape.count == 3 ? " at each place" : ""
      self.notes.append(
        Note(
          count == 1
            ? "the network ends in no sigmoid: its one number\(place) is taken for the logit of a yes-or-no question"
            : "the network ends in no softmax or sigmoid: its \(count) numbers\(place) are taken for the logits of classes, "
              + "of which one is right", about: .answer))
    }
    if let library = catalogue.compatibility, !library.deviations.isEmpty {
      self.notes.append(
        Note(
          "methods depart from their papers as \(library.rawValue) does: "
            + library.deviations.map(\.expression).joined(separator: ", ")))
    }
    let comparesVectors = file.classVectors != nil || !file.prompts.isEmpty
    if comparesVectors, Catalogue.followsAttention(opened.model) {
      usualMethod = "generic-attention"
      self.notes.append(
        Note(
          "on transformers that were trained with texts, Grad-CAM often marks the background instead of what a text names (Li "
            + "et al., 2023, arXiv:2304.05653): believe methods that follow the attention, generic-attention first"))
    } else {
      usualMethod = Self.usualMethod
    }
    recipe = file.recipe
    isPreprocessingAssumed = file.recipe.isAssumed && opened.preprocessing == nil
    attributedInputs = file.attributedInputs.isEmpty ? [opened.model.input.name] : file.attributedInputs
    if let grid = ImageGrid(opened.model.input.shape), [1, 3].contains(grid.channels) {
      let head = (opened.model as? any DetectingModel)?.detectionHead
      preprocessing = try file.recipe.preprocessing(for: grid, native: opened.preprocessing, detecting: head)
    } else {
      preprocessing = nil
    }
    if let own = opened.preprocessing, let preprocessing, !file.recipe.isAssumed, !own.hasNumbers(of: preprocessing) {
      self.notes.append(
        Note(
          "the recipe that was given contradicts what the network says of itself, \(own.summary): photographs may be "
            + "normalised twice", about: .recipe))
    }
    let inputs = opened.model.inputs.map(\.name)
    if let stranger = file.inputRecipes.keys.sorted().first(where: {
      !inputs.contains($0) && file.fixedInputs[$0] == nil
    }) {
      throw .data(
        "\(file.manifest ?? "the manifest") says how pictures of the input '\(stranger)' are prepared, and the network has none; "
          + "it has \(inputs.joined(separator: ", "))")
    }
    for input in model.inputs {
      guard let picture = file.inputs[input.name] else { continue }
      companions.append(
        try companion(
          showing: picture, to: input.name, recipe: file.inputRecipes[input.name] ?? Recipe(),
          native: opened.otherPreprocessing[input.name] ?? preprocessing))
    }
    for name in attributedInputs where name != model.input.name && !companions.contains(where: { $0.input == name }) {
      throw noPicture(for: name)
    }
  }

  /// A picture that fills one of the network's further inputs.
  ///
  /// - Parameters:
  ///   - picture: what is shown.
  ///   - name: the input.
  ///   - recipe: how its pictures are prepared, as far as somebody says.
  ///   - native: how they are prepared where nobody says: as the file has it, or as all others.
  /// - Returns: The picture, with the network as it is seen from its input.
  /// - Throws: ``ExplainingError`` where the picture cannot be read, or does not fit the input.
  private func companion(
    showing picture: Picture, to name: String, recipe: Recipe, native: Preprocessing?
  ) throws(ExplainingError) -> Companion {
    guard let several = model as? any SeveralInputsModel else { throw noPicture(for: name) }
    var other = self
    other.model = try explaining { try several.seen(from: name) }
    other.preprocessing = nil
    if let grid = other.grid, [1, 3].contains(grid.channels) {
      let fits = native.map { $0.mean.count == 1 || $0.mean.count == grid.channels } ?? false
      other.preprocessing = try recipe.preprocessing(for: grid, native: fits ? native : nil)
    }
    return Companion(
      input: name, subject: try other.subject(picture).filling(name), model: other.model,
      preprocessing: other.preprocessing)
  }
}

extension Explainer {
  /// The channels, height and width of the input, and whether the channels come last; `nil` for other shapes.
  public var grid: ImageGrid? { ImageGrid(model.input.shape) }

  /// Whether the network answers for each place of an image, as for segmentation.
  public var hasPlaces: Bool {
    if case .places = model.explained.kind { true } else { names.areNumbers && outputShape.count == 3 }
  }

  /// What the rows of a detector mean; `nil` for a network that answers otherwise.
  public var detectionHead: DetectionHead? { (model as? any DetectingModel)?.detectionHead }

  /// Whether anything can be asked: not of numbers without a known meaning.
  public var isScored: Bool { model.explained.link != nil || names.areNumbers || detectionHead != nil }

  /// What was assumed of how photographs are prepared; `nil` where somebody said.
  public var recipeNote: Note? {
    guard isPreprocessingAssumed, let preprocessing else { return nil }
    return Note("assuming \(preprocessing.summary)", about: .recipe)
  }

  /// The methods that a text names, as ``Catalogue/expressions(_:layer:)`` reads it, on this network's layer.
  ///
  /// - Throws: ``ExplainingError`` that points at what cannot be read.
  public func methods(_ text: String? = nil) throws(ExplainingError) -> [MethodExpression] {
    try catalogue.expressions(text, layer: layer, on: model)
  }

  /// The layer that methods explain which were given none: the one chosen, or else the network's own choice.
  ///
  /// - Returns: The layer, `nil` where the network has none with a spatial extent and none was asked for.
  /// - Throws: ``ExplainingError`` where the one chosen is not there.
  public func defaultLayer() throws(ExplainingError) -> Layer? {
    guard let layer else { return model.automaticLayer?.layer }
    return try explaining { try TargetLayer(layer).resolve(in: model) }
  }

  /// A layer with the reason for choosing it, where the network chose it.
  public func description(of layer: Layer) -> String {
    guard let automatic = model.automaticLayer, automatic.layer == layer else { return "\(layer)" }
    return "\(layer), \(automatic.reason)"
  }
}

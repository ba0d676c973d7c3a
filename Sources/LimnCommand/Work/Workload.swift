import AttributionKit
import DemoNetwork
import Explaining
import Images

/// Which pictures a command shows to which network, and what it asks about each.
struct Workload {
  let explainer: Explainer
  let queue: PictureQueue
  /// One for each picture.
  let questions: [Question]

  /// Makes sure that every file is there, opens the network, and tells what was assumed.
  ///
  /// Without images, the demo network's `scenes` are shown. With `everyObject` each object of a scene is a target,
  /// where none is named: a pair shows that a map tells one from the other.
  init(
    images: [String], of file: NetworkFile, _ model: ModelOptions, _ target: TargetOptions, in catalogue: Catalogue,
    scenes: [Picture] = [], everyObject: Bool = false
  ) throws {
    let question = try target.question(score: file.score)
    let reference = target.similarTo.map { Self.picture($0, model) }
    let pictures = images.isEmpty ? scenes : images.map { Self.picture($0, model) }
    guard !pictures.isEmpty, !images.isEmpty || model.isDemo else {
      throw Failure.usage("which image? Name one, photo.jpg, or several; without a network, the demo needs none")
    }
    if !images.isEmpty {
      for file in model.files(with: file) { try file.check() }
      try question.region?.mask?.check()
      // Of several, one that is not there is told when its turn comes.
      for picture in (reference.map { [$0] } ?? []) + (pictures.count == 1 ? pictures : []) { try picture.check() }
    }
    // The first picture is decoded while the network is read.
    queue = PictureQueue(pictures, workers: Workers(model.threads), pixelLimit: model.pixelLimit)
    var file = file
    // Of several, one that cannot be read is told when its turn comes.
    file.arrayShape =
      pictures.count == 1
      ? try pictures[0].arrayShape() : pictures.lazy.filter(\.isArray).compactMap { try? $0.arrayShape() }.first
    let opened = try model.open(file, in: catalogue, asEmbedding: reference != nil)
    explainer = opened
    var asked = question
    asked.reference = try reference.map { try opened.reference($0) }
    let all = asked
    questions = try pictures.map { picture in
      guard model.isDemo, everyObject, target.isOpen, let scene = ShowcaseScene(named: picture.name) else {
        return all
      }
      var each = all
      each.targets = try scene.kinds.map { try TargetExpression($0.name) }
      return each
    }
    noteAssumptions(model)
  }

  /// What an image's name means: for the demo network it may be a scene.
  static func picture(_ name: String, _ model: ModelOptions) -> Picture {
    (model.isDemo ? ShowcaseScene(named: name)?.picture : nil) ?? Picture(name)
  }

  private func noteAssumptions(_ model: ModelOptions) {
    let photographs = queue.pictures.filter { !$0.isArray }
    if model.isDemo {
      guard photographs.contains(where: { $0.file != nil }) else { return }
      Console.note(
        "no --model: explaining the demo network, which knows \(explainer.names.labels?.names.joined(separator: ", ") ?? "")"
      )
    } else if !photographs.isEmpty, let note = explainer.recipeNote {
      Console.note(note)
    }
  }

  /// Tells what is worth knowing of how a picture was taken, and, of the first, whether it was taken right.
  func tell(of picture: AnsweredPicture, at index: Int) throws {
    for note in picture.subject.notes + (picture.detections?.notes ?? []) { Console.note(note) }
    if index == 0, let doubt = try picture.recipeDoubt() { Console.note(doubt) }
  }

  /// A picture shown to the network; what is worth knowing of it is told.
  func answer(at index: Int, _ progress: ProgressLine) throws -> AnsweredPicture {
    let picture = try explainer.answer(queue, at: index, region: questions[index].region, progress: progress.report)
    try tell(of: picture, at: index)
    return picture
  }

  /// The question about a picture, which must have one target; else `refusal` is the error.
  func onlyInquiry(about picture: AnsweredPicture, at index: Int, otherwise refusal: String) throws -> Inquiry {
    let inquiries = try picture.inquiries(questions[index])
    guard inquiries.count == 1 else { throw Failure.usage(refusal) }
    return inquiries[0]
  }
}

extension RegionExpression {
  /// The mask image, where it is one.
  var mask: NamedFile? { maskPath.map { NamedFile(path: $0, kind: "mask") } }
}

import AttributionKit
import DemoNetwork
import Foundation
import Tensors

/// Which pictures to show to which network, and what to ask about each.
struct Workload {
  let classifier: Classifier
  private let tasks: [Task]
  let score: ScoreKind
  private let region: (written: String, expression: RegionExpression)?
  private let reference: Reference?
  private let photographs: Photographs
  private let memoryLimit: Int

  private struct Task {
    let name: String
    let targets: [TargetExpression]
  }

  /// Reads the network and makes sure that every picture is there.
  ///
  /// Without images, the demo network's `scenes` are shown. With `everyObject` each object of a scene is a target,
  /// where none is named: a pair shows that a map tells one from the other.
  init(
    images: [String], model: ModelOptions, preprocessing: PreprocessingOptions, targets: TargetOptions,
    scenes: [ShowcaseScene] = DemoNetwork.scenes, everyObject: Bool = false
  ) throws {
    let expressions = try targets.expressions()
    (score, region) = (targets.score, try targets.region.expression())
    memoryLimit = model.memory?.bytes ?? SessionOptions.defaultMemoryLimit
    if images.isEmpty {
      guard model.isDemo else {
        throw Failure.usage("which image? `limn compare photo.jpg --model …`; without a network, the demo needs none")
      }
    } else {
      try model.checkFiles()
      for file in try targets.files() { try InputFile.check(file.path, as: file.kind) }
      for image in images where !model.isDemo || Subject.scene(named: image) == nil {
        try InputFile.check(image, as: "image")
      }
    }
    tasks = try (images.isEmpty ? scenes.map(\.name) : images).map { name in
      let scene = model.isDemo && everyObject && targets.targets.isEmpty ? Subject.scene(named: name) : nil
      return Task(name: name, targets: try scene?.kinds.map { try TargetExpression($0.name) } ?? expressions)
    }
    photographs = Photographs(
      workers: model.workers,
      tasks.map { task in
        let isScene = model.model == nil && Subject.scene(named: task.name) != nil
        return isScene || Subject.isArray(task.name) ? nil : task.name
      })
    photographs.begin(0)
    let array = try images.first(where: Subject.isArray).map { try Subject.array($0).shape }
    classifier = try Classifier(model, preprocessing, arrayShape: array)
    guard region == nil || classifier.hasPlaces else {
      throw Failure.usage(
        "--region is for networks that answer for each place of a picture, and this one's output is "
          + "\(Wording.extent(classifier.outputShape)): leave it out")
    }
    reference = try targets.similarTo.map { [classifier] in try Reference($0, to: classifier) }
    if takesPhotographs { noteAssumptions(images: images) }
  }

  private func noteAssumptions(images: [String]) {
    if classifier.origin.isDemo {
      guard images.contains(where: { Subject.scene(named: $0) == nil }) else { return }
      Console.note(
        "no --model: explaining the demo network, which knows \(classifier.names.labels?.names.joined(separator: ", ") ?? "")"
      )
    } else if classifier.isPreprocessingAssumed, let recipe = classifier.preprocessing {
      Console.note("assuming \(recipe.summary); choose with --preset, --mean, --std, --fit")
    }
  }

  var count: Int { tasks.count }
  /// Whether the images are compared with another.
  var isSimilarity: Bool { reference != nil }
  /// Whether anything is prepared for the network rather than used as it is.
  var takesPhotographs: Bool { tasks.contains { !Subject.isArray($0.name) } }
  var names: [String] { tasks.map(\.name) }

  /// The explanations of the picture at `position`, one per target; `progress` hears of those with many passes.
  func explanations(at position: Int, progress: Progress) throws -> [Explanation] {
    let task = tasks[position]
    let subject = try Subject(task.name, at: photographs.raster(position), for: classifier)
    let options = SessionOptions(
      colors: subject.preprocessing.map { InputColors($0, channels: classifier.inputExtent?.channels ?? 1) },
      memoryLimit: memoryLimit
    ) { progress.report("\(task.name): pass \($0.passes) of \($0.total) …") }
    return try Explanation.all(
      of: subject, by: classifier, targets: task.targets, score: score, region: answeredRegion(of: subject),
      reference: reference, options: options)
  }

  /// The part of a picture that the network is asked about, where it answers for parts at all.
  private func answeredRegion(of subject: Subject) throws -> AnsweredRegion? {
    guard classifier.hasPlaces else { return nil }
    let (written, expression) = region ?? ("predicted", .predicted)
    let weights = try expression.weights(
      on: subject, height: classifier.outputShape[1], width: classifier.outputShape[2], written: written)
    return AnsweredRegion(expression: written, weights: weights, picture: subject.name)
  }
}

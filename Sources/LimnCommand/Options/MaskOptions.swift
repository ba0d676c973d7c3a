import ArgumentParser
import Evaluating
import Explaining

/// Where objects are in the photographs.
struct MaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where objects are: a folder of masks named like the photographs, or a JSON file of boxes, polygons or run lengths.",
      valueName: "folder|file"), completion: .file())
  var masks: String?

  /// Makes sure that something is marked in one of the pictures, where marks are given.
  func check(_ marked: MarkedObjects?, in pictures: [Picture]) throws {
    guard let masks, let marked, !marked.areOf(pictures) else { return }
    throw Failure.badData("\(masks) marks nothing in these photographs: it names others")
  }

  /// The objects; without the option those of the demo network's own scenes, where these are what is shown.
  func marked(inScenes isShowingScenes: Bool) throws -> MarkedObjects? {
    try masks.map { try MarkedObjects($0) } ?? (isShowingScenes ? JudgedScenes.marked : nil)
  }
}

extension Workload {
  /// What is asked about each picture; `nil`, for the classes of the objects, where they are marked and no target is named.
  func question(_ target: TargetOptions, among marked: MarkedObjects?) -> Question? {
    marked != nil && target.isOpen ? nil : questions[0]
  }
}

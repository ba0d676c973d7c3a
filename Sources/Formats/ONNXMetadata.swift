import AttributionKit
import Foundation
import ONNXImport

/// What the program that wrote an ONNX file says of the network beside its graph.
struct ONNXMetadata {
  /// The names of the classes.
  let classNames: [String]?
  /// The height and width of the images it was trained on.
  let imageSize: (height: Int, width: Int)?
  /// What is said of how photographs are prepared.
  let preparation: ToldPreparation?
  /// Whether the image's channels are blue, green and red.
  let isReversed: Bool
  /// What it is for, as Ultralytics writes it: `classify`, `detect`.
  let task: String?

  init(_ metadata: [String: String]) {
    let keys = ["names", "class_names", "classes", "labels", "label_names", "id2label", "class_labels", "vocab"]
    let named = keys.lazy.compactMap { metadata[$0] }.compactMap { try? LabelsFile(Data($0.utf8)).names }.first
    // A list in one line, without brackets.
    let line = named?.count == 1 ? named?[0] : nil
    classNames =
      line.flatMap { line in
        LabelsFile.parted(line, into: line.split(separator: ",").count)
      } ?? named
    task = metadata["task"]
    preparation = ToldPreparation(metadata)
    isReversed = ToldPreparation.isReversed(metadata) == true
    let sides = metadata.numbers("imgsz") ?? metadata.numbers("input_size") ?? metadata.numbers("image_size") ?? []
    let size = sides.suffix(2).map { Int($0) }.filter { (1...16384).contains($0) }
    imageSize = size.isEmpty ? nil : (size[0], size[size.count - 1])
  }

  /// The names of that many classes; `nil` where there are others.
  func classNames(of count: Int?) -> [String]? {
    guard let classNames, count == 1, classNames.count > 1 else { return classNames }
    // A single class whose name has commas.
    return [classNames.joined(separator: ", ")]
  }
}

extension [String: String] {
  /// The numbers in the value of a key, however they are parted.
  func numbers(_ key: String) -> [Float]? {
    self[key].map { $0.split { !"0123456789.-eE+".contains($0) }.compactMap { Float($0) } }
  }
}

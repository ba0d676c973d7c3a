import AttributionKit
import Foundation
import ONNXImport

/// What the program that wrote an ONNX file says of the network beside its graph.
struct ONNXMetadata {
  /// The names of the classes.
  let classNames: [String]?
  /// The line that holds all of their names, where one does.
  private let line: String?
  /// The height and width of the images it was trained on.
  let imageSize: (height: Int, width: Int)?
  /// What is said of how photographs are prepared.
  let preparation: ToldPreparation?
  /// Whether the image's channels are blue, green and red.
  let isReversed: Bool
  /// What it is for, as Ultralytics writes it: `classify`, `detect`.
  let task: String?
  /// Of a network that finds poses, how many key points there are and how many numbers each has: `[17, 3]`.
  let keyPoints: [Int]?
  /// What the key points are called.
  let keyPointNames: [String]?

  init(_ metadata: [String: String]) {
    let keys = ["names", "class_names", "classes", "labels", "label_names", "id2label", "class_labels", "vocab"]
    let named = keys.lazy.compactMap { metadata[$0] }.compactMap { try? LabelsFile(Data($0.utf8)).names }.first
    // A list in one line, without brackets.
    line = named?.count == 1 ? named?[0] : nil
    classNames =
      line.flatMap { line in
        LabelsFile.parted(line, into: line.split(separator: ",").count)
      } ?? named
    task = metadata["task"]
    keyPoints = metadata.numbers("kpt_shape")?.map { Int($0) }
    keyPointNames = metadata["kpt_names"].flatMap(Self.firstList)
    preparation = ToldPreparation(metadata)
    isReversed = ToldPreparation.isReversed(metadata) == true
    let sides = metadata.numbers("imgsz") ?? metadata.numbers("input_size") ?? metadata.numbers("image_size") ?? []
    let size = sides.suffix(2).map { Int($0) }.filter { (1...16384).contains($0) }
    imageSize = size.isEmpty ? nil : (size[0], size[size.count - 1])
  }

  /// The words of the first list in a Python literal, such as `{0: ['nose', 'left_eye']}`, which holds one for each class.
  private static func firstList(_ text: String) -> [String]? {
    guard let start = text.firstIndex(of: "["), let end = text[start...].firstIndex(of: "]") else { return nil }
    return text[text.index(after: start)..<end].split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "'\""))).replacing("_", with: " ")
    }
  }

  /// The names of that many classes; `nil` where there are others.
  func classNames(of count: Int?) -> [String]? {
    // A single class whose name has commas.
    if let line, count == 1 { return [line] }
    return classNames
  }
}

extension [String: String] {
  /// The numbers in the value of a key, however they are parted.
  func numbers(_ key: String) -> [Float]? {
    self[key].map { $0.split { !"0123456789.-eE+".contains($0) }.compactMap { Float($0) } }
  }
}

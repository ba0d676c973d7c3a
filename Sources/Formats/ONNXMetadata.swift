import AttributionKit
import Foundation
import ONNXImport

/// What the program that wrote an ONNX file says of the network beside its graph.
struct ONNXMetadata {
  /// The names of the classes.
  let classNames: [String]?
  /// The height and width of the images it was trained on.
  let imageSize: (height: Int, width: Int)?
  /// How photographs are prepared.
  let preprocessing: Preprocessing?
  /// What it is for, as Ultralytics writes it: `classify`, `detect`.
  let task: String?
  /// Of a network that finds poses, how many key points there are and how many numbers each has: `[17, 3]`.
  let keyPoints: [Int]?
  /// What the key points are called.
  let keyPointNames: [String]?

  init(_ metadata: [String: String]) {
    let keys = ["names", "class_names", "classes", "labels", "label_names", "id2label", "class_labels", "vocab"]
    classNames = keys.lazy.compactMap { metadata[$0] }.compactMap { try? LabelsFile(Data($0.utf8)).names }.first
    task = metadata["task"]
    func numbers(_ key: String) -> [Float]? {
      metadata[key].map { $0.split { !"0123456789.-eE+".contains($0) }.compactMap { Float($0) } }
    }
    keyPoints = numbers("kpt_shape")?.map { Int($0) }
    keyPointNames = metadata["kpt_names"].flatMap(Self.firstList)
    let sides = numbers("imgsz") ?? numbers("input_size") ?? numbers("image_size") ?? []
    let size = sides.suffix(2).map { Int($0) }.filter { (1...16384).contains($0) }
    imageSize = size.isEmpty ? nil : (size[0], size[size.count - 1])
    let usual = imageSize.map { Preprocessing.Resize.usual(height: $0.height, width: $0.width) }
    if let mean = numbers("mean"), let deviation = numbers("std"), mean.count == deviation.count,
      [1, 3].contains(mean.count), !deviation.contains(0)
    {
      // Numbers above 2 are for samples of 0…255.
      let scale: Float = mean.contains { $0 > 2 } || deviation.contains { $0 > 2 } ? 1 : 1 / 255
      preprocessing = Preprocessing(
        resize: usual ?? .centerCrop(keeping: 0.875), scale: scale, mean: mean, deviation: deviation)
    } else if metadata["names"] != nil, metadata["stride"] != nil || metadata["task"] != nil {
      // Ultralytics' networks take 0…1: photographs to classify are cropped, others shown whole between grey bars.
      preprocessing = Preprocessing(resize: task == "classify" ? .centerCrop(keeping: 1) : .letterbox(fill: 114))
    } else {
      preprocessing = nil
    }
  }

  /// The words of the first list in a Python literal, such as `{0: ['nose', 'left_eye']}`, which holds one for each class.
  private static func firstList(_ text: String) -> [String]? {
    guard let start = text.firstIndex(of: "["), let end = text[start...].firstIndex(of: "]") else { return nil }
    return text[text.index(after: start)..<end].split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "'\""))).replacing("_", with: " ")
    }
  }

  var isEmpty: Bool { classNames == nil && imageSize == nil && preprocessing == nil }
}

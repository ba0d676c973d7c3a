import AttributionKit
import Foundation
import Images
import Kernels
import Tensors

/// A file in a format that the program or a plugin added.
struct FormatSource: ModelSource {
  let format: any ModelFormat
  let path: String

  /// The file, where one of the formats takes it for its own.
  init?(path: String, among formats: [any ModelFormat]) {
    guard !formats.isEmpty, let contents = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    else { return nil }
    let own = contents.withUnsafeBytes { bytes in formats.first { $0.recognises(bytes, at: path) } }
    guard let own else { return nil }
    (format, self.path) = (own, path)
  }

  var files: [NamedFile] { [NamedFile(path: path, kind: "model")] }

  func load(for input: InputRequest) throws -> LoadedModel {
    let request = ModelRequest(
      path: path, imageSize: input.size.map { ($0.height, $0.width) }, arrayShape: input.arrayShape,
      output: input.output,
      fixedInputs: Dictionary(
        try input.fixedInputs.map { ($0.name, try $0.array()) }, uniquingKeysWith: { _, later in later }),
      precision: input.precision == .bfloat16 ? .bfloat16 : .float32)
    let opened: OpenedModel
    do { opened = try format.open(request) } catch let error as Refusal { throw error } catch {
      throw Failure.badData("\(path) cannot be read as \(format.identifier): \(error)")
    }
    try check(opened)
    return LoadedModel(
      model: opened.model,
      origin: ModelOrigin(name: path, producer: opened.producer ?? format.identifier),
      labels: opened.classNames.map(Labels.init), preprocessing: opened.preparation.map(Preprocessing.init))
  }

  /// Makes sure that what the format says holds together, since everything after relies on it.
  private func check(_ opened: OpenedModel) throws(Failure) {
    func refuse(_ reason: String) -> Failure {
      .badData("\(path): the format '\(format.identifier)' \(reason), which is for its author to mend")
    }
    guard opened.classCount > 0 else { throw refuse("opens a network of \(opened.classCount) classes") }
    if let names = opened.classNames, names.count != opened.classCount {
      throw refuse("names \(names.count) of \(opened.classCount) classes")
    }
    guard let preparation = opened.preparation else { return }
    let channels = ImageGrid(opened.model.input.shape)?.channels ?? 0
    guard [preparation.mean, preparation.deviation].allSatisfy({ [1, channels].contains($0.count) }) else {
      throw refuse("gives \(preparation.mean.count) means and \(preparation.deviation.count) deviations")
    }
    let numbers = preparation.mean + preparation.deviation + [preparation.scale]
    guard !preparation.deviation.contains(0), preparation.scale != 0, numbers.allSatisfy(\.isFinite) else {
      throw refuse("prepares photographs by numbers that leave nothing to see")
    }
    if case .crop(let share) = preparation.fit, !(share > 0 && share <= 1) {
      throw refuse("keeps \(share) of a photograph's short side")
    }
  }
}

extension Preprocessing {
  fileprivate init(_ preparation: ImagePreparation) {
    let resize: Resize =
      switch preparation.fit {
      case .crop(let share): .centreCrop(keeping: share)
      case .stretch: .exact
      case .letterbox(let fill): .letterbox(fill: fill)
      }
    self.init(
      resize: resize, channelOrder: preparation.channelOrder == .bgr ? .bgr : .rgb, scale: preparation.scale,
      mean: preparation.mean, deviation: preparation.deviation)
  }
}

public import AttributionKit
import Formats
import Foundation

extension Catalogue {
  /// Opens a network: by the format that the file names, or else by the first that takes the file for its own.
  ///
  /// - Throws: ``ExplainingError``, where the file is missing or cannot be read, or the request makes no sense for it.
  public func open(_ file: NetworkFile) throws(ExplainingError) -> OpenedModel {
    let format = try format(of: file)
    var opened: OpenedModel
    let prompts = try file.askedPrompts()
    do {
      if let prompts {
        guard let prompted = format as? any PromptFormat else {
          throw ModelFileError(
            .unsupported,
            "\(file.path): texts become classes by a network's text tower, which files of the format '\(format.identifier)' are "
              + "not looked through for: give their vectors, an array of classes × features", about: .classVectors)
        }
        opened = try prompted.open(file.request, prompts: prompts)
      } else {
        opened = try format.open(file.request)
      }
    } catch {
      let known = ExplainingError(error)
      // Whatever else a format throws is about its file, not a mistake of this program.
      guard known.fault == .internalError else { throw known }
      throw .data("\(file.path) cannot be read as \(format.identifier): \(error)")
    }
    if !file.lambdas.isEmpty, format.identifier != KerasFormat().identifier {
      opened.notes.append(
        Note("'lambdas' in the manifest tells what layers of Keras files compute, and this file is none"))
    }
    if let reason = opened.contradiction {
      throw .data("\(file.path): the format '\(format.identifier)' \(reason), which is for its author to mend")
    }
    return opened
  }

  private func format(of file: NetworkFile) throws(ExplainingError) -> any ModelFormat {
    let formats = formats
    if let name = file.format {
      guard let named = formats.first(where: { $0.identifier == name }) else {
        throw .usage(
          "there is no format '\(name)'; there are \(formats.map(\.identifier).joined(separator: ", "))")
      }
      return named
    }
    try InputFile.check(file.path, as: "model")
    // What cannot be mapped, a pipe perhaps, is left to the last, which takes anything.
    let path = file.place
    let url = URL(fileURLWithPath: path)
    let contents = (try? Data(contentsOf: url, options: .alwaysMapped)) ?? Data()
    let own = contents.withUnsafeBytes { bytes in formats.first { $0.recognizes(bytes, at: path) } }
    return own ?? formats[formats.count - 1]
  }
}

extension OpenedModel {
  /// What contradicts itself, in words that follow the format's name; `nil` where nothing does.
  ///
  /// Everything after relies on it.
  fileprivate var contradiction: String? {
    // Of numbers without a known meaning nothing is asked, and the network is listed only.
    guard model.explained.link != nil else { return nil }
    guard [1, 3].contains(outputShape.count), outputShape.allSatisfy({ $0 > 0 }) else {
      return "opens a network whose output is \(Wording.extent(outputShape))"
    }
    if let names = classNames, names.count != outputShape[0] {
      return "names \(names.count) of \(outputShape[0]) classes"
    }
    guard let recipe = preprocessing else { return nil }
    let channels = ImageGrid(model.input.shape)?.channels ?? 0
    guard [recipe.mean, recipe.deviation].allSatisfy({ [1, channels].contains($0.count) }) else {
      return "gives \(recipe.mean.count) means and \(recipe.deviation.count) deviations"
    }
    let numbers = recipe.mean + recipe.deviation + [recipe.scale]
    guard !recipe.deviation.contains(0), recipe.scale != 0, numbers.allSatisfy(\.isFinite) else {
      return "prepares photographs by numbers that leave nothing to see"
    }
    switch recipe.resize {
    case .centerCrop(let share) where !(share > 0 && share <= 1),
      .stretchCrop(let share) where !(share > 0 && share <= 1):
      return "keeps \(share) of a photograph's short side"
    default: return nil
    }
  }
}

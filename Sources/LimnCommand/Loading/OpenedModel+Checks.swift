import AttributionKit
import Formats
import Foundation

extension Catalogue {
  /// The format that opens a file: the one of this name, or else the first that takes the file for its own.
  func format(of path: String, named name: String?) -> any ModelFormat {
    let all = BuiltInFormats.all(with: formats)
    if let name, let named = all.first(where: { $0.identifier == name }) { return named }
    let url = URL(fileURLWithPath: path)
    // What cannot be mapped, a pipe perhaps, is left to the last, which takes anything.
    guard let contents = try? Data(contentsOf: url, options: .alwaysMapped) else { return all[all.count - 1] }
    let own = contents.withUnsafeBytes { bytes in all.first { $0.recognises(bytes, at: path) } }
    return own ?? all[all.count - 1]
  }
}

extension ModelFormat {
  /// The network, checked for holding together, since everything after relies on it.
  func opened(_ request: ModelRequest) throws -> OpenedModel {
    let opened: OpenedModel
    do { opened = try open(request) } catch let error as Refusal { throw error } catch let error as ModelFileError {
      throw error
    } catch {
      throw Failure.badData("\(request.path) cannot be read as \(identifier): \(error)")
    }
    if let reason = opened.fault {
      throw Failure.badData("\(request.path): the format '\(identifier)' \(reason), which is for its author to mend")
    }
    return opened
  }
}

extension OpenedModel {
  /// What contradicts itself, in words that follow the format's name; `nil` where nothing does.
  fileprivate var fault: String? {
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
    if case .centerCrop(let share) = recipe.resize, !(share > 0 && share <= 1) {
      return "keeps \(share) of a photograph's short side"
    }
    return nil
  }
}

/// A file that the user names, with what it should hold: "model", "weights".
struct NamedFile {
  let path: String
  let kind: String
}

/// Where a network came from, for reports and sheets.
struct ModelOrigin {
  /// The file as the user named it, `demo` for the network that comes with the command.
  let name: String
  let title: String?
  /// The definition that the file holds the weights of.
  let network: String?
  /// The program that wrote the file, where it says so.
  let producer: String?
  /// The version of ONNX's operators, for ONNX files.
  let opset: Int?
  let isDemo: Bool
}

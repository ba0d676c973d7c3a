import AttributionKit
import GraphAdapter
import GraphEngine

extension MapExportRequest {
  /// The method's map as a graph, or why there is none in words for people.
  ///
  /// - Throws: ``ExportError``, and whatever the method throws.
  func recorded(_ recording: RecordingRequest, of model: GraphModel) throws -> RecordedMap {
    do {
      switch target {
      case .score(let target): return try model.recorded(method, for: target, options: options, recording)
      case .open(let target): return try model.recorded(method, for: target, options: options, recording)
      }
    } catch AttributionError.notAboutAClass {
      throw try refusedWithoutClass(recording, model)
    } catch let error as AttributionError where error.unrecorded != nil {
      throw ExportError(
        "\(expression) cannot be exported: it \(error.unrecorded ?? "")", remedy: ExportError.otherMethods)
    } catch let error as GraphModelError {
      throw ExportError("\(expression) cannot be exported: \(error)", remedy: error.remedy)
    } catch let error as GraphError {
      throw ExportError("\(expression) cannot be exported: \(error)")
    }
  }

  /// Why a method has no map of a class that is only known when the file is run: the network has none, or the method must
  /// know it before.
  ///
  /// - Throws: ``ExportError`` where it has none of a class that is named, either.
  private func refusedWithoutClass(_ recording: RecordingRequest, _ model: GraphModel) throws -> ExportError {
    let output = model.outputs[0]
    guard case .open = target, output.link != nil else {
      return ExportError(
        "\(expression) cannot be exported: the output '\(output.name)' holds no scores of classes",
        remedy: "ask about another output, or say what its numbers are")
    }
    let first = ClassLogit(index: 0)
    var named = self
    named.target = .score(output.shape.count == 3 ? RegionMean(of: first, over: .predicted) : first)
    _ = try named.recorded(recording, of: model)
    return ExportError(
      "\(expression) must know the class when the file is written", remedy: "name one as the target, by number or name")
  }
}

extension ExportError {
  /// What to do about a method that has no file.
  static let otherMethods =
    "Documentation/Exporting.md lists the methods that can be; 'limn batch' computes the others for many photographs"
}

extension GraphModelError {
  fileprivate var remedy: String? {
    switch self {
    case .unrecorded: ExportError.otherMethods
    case .tooManyPasses: "ask for fewer samples, steps or masks, where the method has such a parameter"
    default: nil
    }
  }
}

extension AttributionError {
  /// What a method asks of a network that a recording of it is not able to; `nil` for what is wrong with the question.
  fileprivate var unrecorded: String? {
    switch self {
    case .cannotResume(let layer): "runs the network on from '\(layer.name)' with values of its own"
    case .cannotDisconnect: "takes connections of the network away"
    case .cannotRandomize: "draws weights anew"
    case .noImplicitBiases: "reads what each of the network's steps adds of its own"
    default: nil
    }
  }
}

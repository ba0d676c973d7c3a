import ArgumentParser
import Explaining
import Foundation
import GraphAdapter
import Runtimes
import AttributionKit

/// What computes the maps.
struct RuntimeOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What computes the maps: Limn itself, or ONNX Runtime where it is installed, on the processor or a provider of its own: \
      onnxruntime:cuda, onnxruntime:coreml.
      """,
      discussion: """
        The graph is the one that 'limn export' writes. Methods that cannot be exported are computed by Limn, with a note. \
        LIMN_ONNXRUNTIME names the library, where it is in no usual place.
        """, valueName: "limn|onnxruntime[:provider]"))
  var runtime = Name.limn

  /// What `--runtime` takes.
  enum Name: ExpressibleByArgument, CustomStringConvertible, Equatable {
    case limn
    case onnxRuntime(provider: String)

    init?(argument: String) {
      let parts = argument.lowercased().split(separator: ":", omittingEmptySubsequences: false)
      switch (parts.first, parts.count) {
      case ("limn", 1): self = .limn
      case ("onnxruntime", 1): self = .onnxRuntime(provider: OnnxRuntime.processor)
      case ("onnxruntime", 2) where !parts[1].isEmpty: self = .onnxRuntime(provider: String(parts[1]))
      default: return nil
      }
    }

    var description: String {
      switch self {
      case .limn: "limn"
      case .onnxRuntime(let provider): "onnxruntime:\(provider.lowercased())"
      }
    }
  }

  /// Opens the library that is asked for; `nil` where Limn computes itself.
  ///
  /// - Throws: ``Failure`` where it is not there, or was built without the provider.
  func opened() throws -> OpenedRuntime? {
    guard case .onnxRuntime(let name) = runtime else { return nil }
    do {
      let library = try OnnxRuntime()
      return OpenedRuntime(library: library, provider: try library.provider(named: name))
    } catch {
      throw error.isMissing ? Failure.missingInput(error.description) : Failure.internalError(error.description)
    }
  }
}

/// A program that computes maps, and what it computes with.
struct OpenedRuntime {
  let library: OnnxRuntime
  let provider: String

  /// Methods, computed by it on an opened network.
  ///
  /// - Parameters:
  ///   - methods: the methods.
  ///   - explainer: the network.
  ///   - model: where it came from.
  ///   - threads: how many threads compute.
  /// - Returns: The methods in their order.
  func computing(
    _ methods: [MethodExpression], on explainer: Explainer, _ model: ModelOptions, threads: Int?
  ) -> [MethodExpression] {
    let reason = Self.refusal(of: explainer)
    guard reason == nil, let network = explainer.model as? GraphModel else {
      Console.note("maps cannot be exported, as \(reason ?? "the network is no graph"): Limn computes them all")
      return methods
    }
    let path = model.model ?? model.weights ?? "demo"
    var isFolder: ObjCBool = false
    let isFile = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    let host = RuntimeHost(
      network, in: path, isONNX: model.model != nil && explainer.origin.opset != nil && isFile, on: library,
      with: provider, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount
    ) { Console.note($0) }
    return methods.map { expression in
      expression.computed(by: ExportedMethod(expression.method, expression: expression.identifier, on: host))
    }
  }

  /// Why no map of a network can be exported; `nil` where that depends on the method.
  private static func refusal(of explainer: Explainer) -> String? {
    if explainer.detectionHead != nil { return "a detector's boxes are chosen by numbers" }
    return explainer.model.inputs.count > 1 ? "the network has several inputs" : nil
  }

  /// What decides its results.
  var identity: String { "ONNX Runtime \(library.version), \(provider)" }
}

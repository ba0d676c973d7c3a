import AttributionKit
import Tensors

/// A network behind a step that takes a constant off one of its inputs: `y′(x′) = y(x′ − c)`.
///
/// Its weights are those of the network, its first bias too: for whoever sees no more than values and gradients, it is the
/// network whose first layer makes up for the shift. A rule that goes by what the first layer reads is told no.
final class ShiftedNetwork: DifferentiableModel {
  let base: any DifferentiableModel
  let place: Int
  let shift: Tensor

  /// A rule that goes by values which the twin does not shift.
  struct Unseen: Error {}

  /// - Parameters:
  ///   - base: The network.
  ///   - input: The one of its inputs that is shifted.
  ///   - shift: `c`, in the input's shape.
  init(_ base: any DifferentiableModel, input: Layer, by shift: Tensor) {
    self.base = base
    self.shift = shift
    place = base.inputs.firstIndex { $0.name == input.name } ?? 0
  }

  var input: Layer { base.input }
  var inputs: [NetworkInput] { base.inputs }
  var outputs: [Output] { base.outputs }
  var layers: [Layer] { base.layers }
  var automaticLayer: AutomaticLayer? { base.automaticLayer }

  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    Trace(try base.differentiableTrace(shifted(inputs, -)), of: self)
  }

  /// The inputs, or batches of them, with the shift added to the one or taken off it.
  func shifted(_ inputs: [Tensor], _ combine: (Tensor, Tensor) -> Tensor) -> [Tensor] {
    var inputs = inputs
    inputs[place] = combine(inputs[place], shift)
    return inputs
  }
}

extension ShiftedNetwork: PooledLinearModel {
  func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor {
    guard let base = base as? any PooledLinearModel else { throw AttributionError.noLinearHead(after: layer) }
    return try base.pooledLinearWeights(of: cotangents, after: layer)
  }
}

extension ShiftedNetwork: BatchModel {
  func outputs(for batch: [Tensor]) throws -> [Tensor] {
    let batch = shifted(batch, -)
    if let base = base as? any BatchModel { return try base.outputs(for: batch) }
    return try base.trace(batch.map { $0.channel(0) }).outputs.map { $0.reshaped([1] + $0.shape) }
  }

  /// One where the network takes no more.
  func batchSize(within bytes: Int) -> Int { (base as? any BatchModel)?.batchSize(within: bytes) ?? 1 }
}

extension ShiftedNetwork {
  /// A pass of the network, seen from before the shift is taken off.
  final class Trace: DifferentiableTrace {
    let base: any DifferentiableTrace
    let network: ShiftedNetwork

    init(_ base: any DifferentiableTrace, of network: ShiftedNetwork) { (self.base, self.network) = (base, network) }

    var outputs: [Tensor] { base.outputs }
    var steps: [Step] { base.steps }
    var backwardPasses: Int { base.backwardPasses }

    /// Whether this is the input that is shifted.
    func isShifted(_ layer: Layer) -> Bool { layer.name == network.inputs[network.place].name }

    func activation(at layer: Layer) throws -> Tensor {
      let activation = try base.activation(at: layer)
      return isShifted(layer) ? activation + network.shift : activation
    }

    /// The derivative of a difference is that by what it is taken off.
    func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
      if network.inputs.contains(where: { $0.name == layer.name }) { try requireBlindness(of: rule) }
      return try base.pullback(cotangents, to: layer, under: rule)
    }

    /// Shares of relevance depend on what the first steps read and on their biases; of what is computed there, who knows.
    private func requireBlindness(of rule: any GradientRule) throws {
      let steps = base.steps, preparing = StepRoles(of: steps).preparing, names = Set(network.inputs.map(\.name))
      let first = steps.filter {
        $0.isFirst || preparing.contains($0.name) || !names.isDisjoint(with: $0.inputs)
      }
      for step in first {
        switch rule.crossing(step) {
        case .relevance: throw Unseen()
        case .computed where step.kind == .linear: throw Unseen()
        default: continue
        }
      }
    }
  }
}

extension ShiftedNetwork.Trace: BranchingTrace {
  func outputs(replacing layer: Layer, with activations: Tensor) throws -> [Tensor] {
    guard let base = base as? any ResumableTrace else { throw AttributionError.cannotResume(after: layer) }
    return try base.outputs(
      replacing: layer, with: isShifted(layer) ? activations - network.shift : activations)
  }

  func batchSize(after layer: Layer, within bytes: Int) throws -> Int {
    guard let base = base as? any ResumableTrace else { throw AttributionError.cannotResume(after: layer) }
    return try base.batchSize(after: layer, within: bytes)
  }

  func branch(replacing layer: Layer, with activation: Tensor) throws -> any DifferentiableTrace {
    guard let base = base as? any BranchingTrace else { throw AttributionError.cannotResume(after: layer) }
    guard isShifted(layer) else { return try base.branch(replacing: layer, with: activation) }
    return ShiftedNetwork.Trace(
      try base.branch(replacing: layer, with: activation - network.shift), of: network)
  }
}

/// A network read from a Keras file: weights converted once, its graph not yet lowered.
///
/// A model serves any number of ``graph(batch:imageSize:fixed:)``; all of them share the weights' memory.
public struct KerasModel: Sendable {
  /// The version of Keras that wrote the file, where it says so: `3.4.1`.
  public let version: String
  /// The names of the network's inputs.
  public var inputs: [String] { description.inputs.map(\.layer) }

  let description: ModelDescription
  let weights: LayerWeights
  /// What Lambda layers are said to compute, by their paths.
  let lambdas: [String: LambdaExpression]

  /// Files from before version 3, or without one, mean some activations otherwise.
  var majorVersion: Int { Int(version.prefix { $0 != "." }) ?? 2 }
}

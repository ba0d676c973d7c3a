public import Tensors

/// A recorded pass that can be run again with windows of its image covered, without what a window cannot have changed.
public protocol WindowedTrace: ForwardTrace {
  /// The means to run the network with one after another of some windows of an input covered.
  ///
  /// - Parameters:
  ///   - windows: The windows, of the input's pixels.
  ///   - input: The input, an image.
  ///   - cover: What is seen in a window, in the input's shape.
  ///   - bytes: How many bytes a batch may hold.
  /// - Returns: `nil` where nothing would be gained on running the network as a whole.
  /// - Throws: Where the network cannot be run.
  func passes(
    covering windows: [ImageGrid.Window], of input: Layer, with cover: Tensor, within bytes: Int
  ) throws -> (any WindowedPasses)?
}

/// Passes of a network in each of which another window of its image is covered.
public protocol WindowedPasses {
  /// How many windows are best run at once: at least one.
  var batchSize: Int { get }

  /// The model's outputs with each of these windows covered, `[windows]` + the shape of one; of as many windows as
  /// ``batchSize`` at most.
  func outputs(for windows: Range<Int>) throws -> [Tensor]
}

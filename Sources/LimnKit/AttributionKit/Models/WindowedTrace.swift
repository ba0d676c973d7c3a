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

/// Passes of a network in each of which other windows of its image are covered, each window in an image of its own.
public protocol WindowedPasses {
  /// The numbers of the windows that are best run at once; every window is in one batch.
  var batches: [[Int]] { get }

  /// The model's outputs with each of the windows of a batch covered, in the batch's order: `[windows]` + the shape of one.
  ///
  /// - Throws: Where the network cannot be run.
  func outputs(ofBatch number: Int) throws -> [Tensor]
}

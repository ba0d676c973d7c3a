/// Where in the image the scalars of an operator's output stand, given where those of its inputs do.
///
/// A scalar's place is the part of the image that it stands for: the cell of a feature map, the patch of a token. Axes
/// count from the batch on.
public enum PlaceFlow: Hashable, Sendable {
  /// Each scalar stands where those do that it meets by broadcasting. It may look at others too, as a softmax does, but
  /// scales or shifts the one.
  case elementwise
  /// The same scalars in row-major order, under another shape.
  case reshapes
  /// Axis `i` of the output is axis `permutation[i]` of the input.
  case permutes([Int])
  /// For each axis the positions that are taken, in order: `nil` in place of the list where all are, and within it for
  /// one that is not the input's own. The result may have another shape of as many scalars.
  case picks([[Int?]?])
  /// For each scalar of the output, its index in the row-major input; negative where there is none.
  case picksScalars([Int])
  /// Inputs one after the other along an axis.
  case joins(axis: Int)
  /// The input repeated to a larger shape, as broadcasting would.
  case repeats
  /// A window with these extents slides over the axes from 2 on; each scalar stands where its window does.
  case window(kernel: [Int], mixesChannels: Bool)
  /// Each scalar mixes all those along some axes, which the output has with whatever extent, or lacks.
  case mixes(axes: [Int])
  /// A matrix product of the last two axes; each scalar mixes a row of the first input and a column of the second.
  case multiplies(transposesFirst: Bool, transposesSecond: Bool)
  /// A scalar may come from anywhere, or says where something is rather than what: none has a place.
  case scatters
}

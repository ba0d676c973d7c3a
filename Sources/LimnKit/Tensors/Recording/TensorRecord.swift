/// How a tensor was computed, where that is recorded.
///
/// A tensor that somebody marks as a source carries a record, and so does whatever tensor operations make of it: the
/// arithmetic of a method, run once, can then be written down as the expression that it is. Tensors without a record count
/// as constants. Numbers that are read off a tensor and come back in another one leave no trace: whoever writes an
/// expression down records it for two different inputs and compares.
///
/// Nothing is recorded, and nothing more computed, unless there is a source.
public final class TensorRecord: Sendable {
  /// What was done.
  public let operation: TensorOperation
  /// What it was done with, in order, with records of their own or as constants.
  public let operands: [Tensor]

  /// An operation on tensors.
  public init(_ operation: TensorOperation, of operands: [Tensor]) {
    (self.operation, self.operands) = (operation, operands)
  }
}

/// Where a recorded expression begins: what a network computes, or is given.
public protocol TensorSource: Sendable {}

/// What becomes of recorded tensors.
public enum TensorOperation: Sendable {
  /// The operands, if any, are what the source is asked about.
  case source(any TensorSource)
  /// Of two tensors scalar by scalar; a `[channels]` vector spans the extents of `[channels, …]`, any other shape the
  /// leading dimensions of one that ends in it.
  case add, subtract, multiply, divide
  /// As ``divide``, but zero where the divisor is.
  case divideOrZero
  /// The first operand, but zero where its magnitude is not greater than the second, of the same shape.
  case clear
  case scale(Float)
  case shift(Float)
  case rectify, magnitude, exponential, sigmoid
  /// The sum of each channel over what follows: `[channels]`.
  case spatialSum
  /// The same with a weight for each place: the second operand.
  case weighedSpatialSum
  /// The sum over channels, each times its weight: the second operand.
  case weighedChannelSum
  /// The dimensions in another order.
  case transpose([Int])
  /// The same scalars in another shape.
  case reshape([Int])
  /// One position of the first dimension, in the shape that is left.
  case channel(Int)
  /// The last two dimensions stretched bilinearly between pixel centers.
  case resize(height: Int, width: Int)
  case matrixProduct
  /// The first operand's scalars each times the whole of the second.
  case outerProduct
  /// Exponentials scaled to add up to one: of all scalars, or over the first dimension.
  case softmax, channelSoftmax
  /// Each row of a matrix divided by its sum; rows that add up to nothing stay.
  case normalizeRows
  case squareRoot
  /// Numbers that are not finite as zero.
  case finite
  /// The greater of each two scalars.
  case greater
  /// The first operand's scalars, and the second's where those are zero.
  case replaceZeros
  /// The greatest and the least of all scalars, and the one that so many per cent do not exceed: a tensor without dimensions.
  case greatest, least
  case percentile(Float)
  /// The scalars at these positions, in a shape of their own.
  case take([Int])
  /// A row for each of the so many largest scalars of a vector, in the order of their places, with one there:
  /// `[count, scalars]`.
  case largest(Int)
  /// All operands one after the other along their first dimension.
  case join
}

extension Tensor {
  /// The same tensor as the result of an operation, recorded where its operand is.
  @inline(__always)
  func recorded(_ operation: @autoclosure () -> TensorOperation, of operand: Tensor) -> Tensor {
    operand.trail == nil ? self : recording(operation(), of: [operand])
  }

  /// The same tensor as the result of an operation, recorded where one of its operands is.
  @inline(__always)
  func recorded(_ operation: @autoclosure () -> TensorOperation, of a: Tensor, _ b: Tensor) -> Tensor {
    a.trail == nil && b.trail == nil ? self : recording(operation(), of: [a, b])
  }

  private func recording(_ operation: TensorOperation, of operands: [Tensor]) -> Tensor {
    var copy = self
    copy.trail = TensorRecord(operation, of: operands)
    return copy
  }

  /// The same tensor as the beginning of what is recorded.
  ///
  /// - Parameters:
  ///   - source: where its numbers come from.
  ///   - operands: what the source is asked about.
  /// - Returns: The tensor with its record.
  public func recorded(from source: some TensorSource, of operands: [Tensor] = []) -> Tensor {
    recording(.source(source), of: operands)
  }

  /// The same tensor as the result of an operation that a module above computes with means of its own.
  ///
  /// Nothing is recorded where no operand is.
  public func recorded(as operation: TensorOperation, of operands: [Tensor]) -> Tensor {
    operands.contains { $0.trail != nil } ? recording(operation, of: operands) : self
  }
}

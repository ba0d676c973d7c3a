/// Which scalars of an input a scalar of an operator's output can depend on.
///
/// Dependence is meant as the gradient sees it: a rounding's scale, which pullbacks take as given, is none.
public enum Influence: Hashable, Sendable {
  case none
  /// The one that it meets by broadcasting.
  case elementwise
  /// Those along these axes of the input; the output has the axes with whatever extent, or lacks them.
  case lines(axes: [Int])
  /// Those that the pullback, which is the same at every point, hands a cotangent to: all scalars go somewhere.
  case moved
  /// As ``moved``, but some scalars of the input are left out.
  case picked
  /// The row of the same index, of the left factor of a matrix product.
  case rows
  /// The column of the same index, of the right factor of a matrix product.
  case columns
  /// Perhaps any.
  case everything
}

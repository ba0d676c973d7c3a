/// The positions that "same" padding adds along an axis: as many as it takes for a window to begin at every stride.
///
/// - Parameters:
///   - extent: the axis' extent.
///   - reach: the distance from a window's first position to behind its last, dilation included.
///   - stride: how far windows lie apart.
/// - Returns: How many zeros to add on both sides together.
package func samePadding(of extent: Int, reach: Int, stride: Int) -> Int {
  let windows = (extent + stride - 1) / stride
  return max(0, (windows - 1) * stride + reach - extent)
}

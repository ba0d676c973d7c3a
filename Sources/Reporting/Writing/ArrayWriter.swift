public import AttributionKit
public import Explaining
import Images
package import Tensors

/// Writes attributions as arrays in NumPy's format: signed and unscaled, float32.
public struct ArrayWriter: ReportWriter {
  /// Writes arrays.
  public init() {}

  /// `npy`.
  public var fileExtensions: [String] { ["npy"] }

  /// No sheet is an array.
  public var needs: Sheet.Contents { [] }

  /// - Throws: ``ExplainingError``, always: a sheet is no single array.
  public func data(of sheet: Sheet) throws -> [UInt8] {
    throw ExplainingError(.usage, "a comparison is no single array: write each attribution by itself")
  }

  /// `[height, width]` on the layer's grid, of volumes `[depth, height, width]`, or for pixels in the shape of the array that was explained.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    NumPyFile.data(try entry.outcome.get().values(as: inquiry))
  }
}

extension Attribution {
  /// The values with the axes of the array that was explained, where they are pixels'.
  package func values(as inquiry: Inquiry) -> Tensor {
    if let stack = inquiry.picture.subject.stack {
      let own = unstacked(by: stack)
      return !isMap && inquiry.picture.subject.isTransposed ? own.bringingFirstBack : own
    }
    guard !isMap, inquiry.picture.subject.isTransposed else { return values }
    return inquiry.picture.explainer.grid?.isChannelsLast ?? false ? values.channelsFirst : values.channelsLast
  }
}

extension Tensor {
  /// The first axis behind the others.
  fileprivate var bringingFirstBack: Tensor {
    let count = scalars.count / shape[0]
    let moved = (0..<count).flatMap { place in (0..<shape[0]).map { scalars[$0 * count + place] } }
    return Tensor(moved, shape: shape.dropFirst() + [shape[0]])
  }
}

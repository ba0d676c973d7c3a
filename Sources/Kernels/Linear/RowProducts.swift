import COneDNN

/// Up to how many rows the time of a linear layer is that of reading its weights once.
let rowProductLimit = 8

/// A linear layer of few rows: memory is its limit, and oneDNN's general matrix product stays below it.
///
/// The arguments are those of ``linear(_:weights:transposesWeights:bias:)``, and `outputs` the columns of the result.
func rowProducts(_ x: NDArray, weights: NDArray, transposesWeights: Bool, bias: NDArray?, outputs: Int) -> NDArray {
  let (images, inputs) = (x.shape[0], x.shape[1])
  let (x, weights, bias) = (x.plain().storage, weights.plain().storage, bias?.plain().storage)
  let result = NDArray(layout: .plain([images, outputs]))
  let product = transposesWeights ? limn_row_products : limn_column_products
  withExtendedLifetime((x, weights, bias)) {
    result.fill { y in
      Engine.current.split(outputs, costing: inputs) { part in
        product(
          x.pointer, weights.pointer, bias.map { UnsafePointer($0.pointer) }, y, images, inputs, outputs,
          part.lowerBound, part.upperBound)
      }
    }
  }
  return result
}

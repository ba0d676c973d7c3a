extension Tensor {
  /// `AB`, of matrices `[rows, inner]` and `[inner, columns]`: `[rows, columns]`.
  public func matrixProduct(_ other: Tensor) -> Tensor {
    precondition(
      shape.count == 2 && other.shape.count == 2 && shape[1] == other.shape[0], "\(shape) times \(other.shape)")
    let (rows, inner, columns) = (shape[0], shape[1], other.shape[1])
    var product = Tensor(repeating: 0, shape: [rows, columns])
    scalars.withUnsafeBufferPointer { a in
      other.scalars.withUnsafeBufferPointer { b in
        product.withMutableScalars { product in
          for row in 0..<rows {
            for k in 0..<inner where a[row * inner + k] != 0 {
              let factor = a[row * inner + k]
              for column in 0..<columns { product[row * columns + column] += factor * b[k * columns + column] }
            }
          }
        }
      }
    }
    return product.recorded(.matrixProduct, of: self, other)
  }

  /// A matrix `[rows, columns]` as `[columns, rows]`.
  public func transposed() -> Tensor {
    precondition(shape.count == 2, "\(shape) is no matrix")
    let (rows, columns) = (shape[0], shape[1])
    var turned = Tensor(repeating: 0, shape: [columns, rows])
    scalars.withUnsafeBufferPointer { scalars in
      turned.withMutableScalars { turned in
        for row in 0..<rows {
          for column in 0..<columns { turned[column * rows + row] = scalars[row * columns + column] }
        }
      }
    }
    return turned.recorded(.transpose([1, 0]), of: self)
  }

  /// `[size, size]`, ones on the diagonal and zeros beside it.
  public static func identity(_ size: Int) -> Tensor {
    var matrix = Tensor(repeating: 0, shape: [size, size])
    for place in 0..<size { matrix[place * (size + 1)] = 1 }
    return matrix
  }

  /// A matrix `[rows, columns]` with each row divided by its sum; rows that add up to nothing stay as they are.
  public func normalizedRows() -> Tensor {
    precondition(shape.count == 2, "\(shape) is no matrix")
    let sums = spatialSum().scalars, columns = shape[1]
    var normalized = self
    normalized.withMutableScalars { scalars in
      for (row, sum) in sums.enumerated() where sum != 0 {
        for column in 0..<columns { scalars[row * columns + column] /= sum }
      }
    }
    return normalized.recorded(.normalizeRows, of: self)
  }
}

import Tensors

/// The greatest of each window; the first of equals in row-major order passes the cotangent on.
struct MaxPool: Stage {
  let operatorName = "MaxPool"
  let inputShape: [Int]
  let size: Int
  let stride: Int
  /// Rows and columns beyond the borders in all, the smaller half of them above and on the left.
  let padding: Int

  var outputShape: [Int] { [inputShape[0], extent(inputShape[1]), extent(inputShape[2])] }

  private func extent(_ input: Int) -> Int { (input + padding - size) / stride + 1 }

  func forward(_ input: Tensor) -> Tensor {
    Tensor(winners(in: input).map { $0.map { input.scalars[$0] } ?? -.greatestFiniteMagnitude }, shape: outputShape)
  }

  func pullback(_ cotangent: Tensor, input: Tensor) -> Tensor {
    var pulled = Tensor(repeating: 0, shape: inputShape)
    for (place, winner) in winners(in: input).enumerated() {
      if let winner { pulled[winner] += cotangent.scalars[place] }
    }
    return pulled
  }

  /// For each place of the output where in the input its value stands; `nil` where a window lies beyond the borders.
  private func winners(in input: Tensor) -> [Int?] {
    let (height, width) = (inputShape[1], inputShape[2])
    var winners: [Int?] = []
    for channel in 0..<outputShape[0] {
      for y in 0..<outputShape[1] {
        for x in 0..<outputShape[2] {
          let (top, left) = (y * stride - padding / 2, x * stride - padding / 2)
          var best: Int?
          for row in max(0, top)..<max(0, top, min(height, top + size)) {
            for column in max(0, left)..<max(0, left, min(width, left + size)) {
              let place = (channel * height + row) * width + column
              if best.map({ input.scalars[place] > input.scalars[$0] }) ?? true { best = place }
            }
          }
          winners.append(best)
        }
      }
    }
    return winners
  }
}

/// The mean of each channel, `[channels, 1, 1]`.
struct AveragePool: Stage {
  let operatorName = "GlobalAveragePool"
  let inputShape: [Int]
  let isLinearAndPlaceless = true

  var outputShape: [Int] { [inputShape[0], 1, 1] }
  private var area: Int { inputShape[1] * inputShape[2] }

  func forward(_ input: Tensor) -> Tensor { input.spatialMean().reshaped(outputShape) }

  func pullback(_ cotangent: Tensor, input: Tensor) -> Tensor {
    Tensor(cotangent.scalars.flatMap { Array(repeating: $0 / Float(area), count: area) }, shape: inputShape)
  }
}

import Tensors

/// A fully connected layer, `[outputs, 1, 1]`.
struct Connected: Stage {
  let operatorName = "Linear"
  let inputShape: [Int]
  /// `[outputs, inputs]`.
  let weights: [Float]
  let bias: [Float]
  let isLinearAndPlaceless = true

  var outputShape: [Int] { [bias.count, 1, 1] }

  func forward(_ input: Tensor) -> Tensor {
    let count = input.scalars.count
    let outputs = bias.indices.map { row in
      input.scalars.indices.reduce(bias[row]) { $0 + weights[row * count + $1] * input.scalars[$1] }
    }
    return Tensor(outputs, shape: outputShape)
  }

  func pullback(_ cotangent: Tensor, input: Tensor) -> Tensor {
    let count = inputShape.reduce(1, *)
    var pulled = Tensor(repeating: 0, shape: inputShape)
    for (row, v) in cotangent.scalars.enumerated() where v != 0 {
      for column in 0..<count { pulled[column] += v * weights[row * count + column] }
    }
    return pulled
  }
}

import Kernels

/// Convolution written out: every product of an input scalar and a weight that one output scalar sums.
struct ExactConvolution {
  let geometry: ConvolutionGeometry
  let input: [Int]
  let weights: Exact
  let output: [Int]

  /// Visits each product by the places of its three numbers in row-major order.
  private func forEachProduct(_ body: (_ output: Int, _ input: Int, _ weight: Int) -> Void) {
    let g = geometry
    let (inputsPerGroup, outputsPerGroup) = (weights.shape[1], output[1] / g.groups)
    let (extents, kernel) = (Array(input.dropFirst(2)), Array(weights.shape.dropFirst(2)))
    let (area, taps) = (extents.reduce(1, *), indices(kernel))
    for (at, place) in indices(output).enumerated() {
      let group = place[1] / outputsPerGroup
      for (tapAt, tap) in taps.enumerated() {
        var inside = 0
        var isInside = true
        for axis in tap.indices {
          let position = place[axis + 2] * g.strides[axis] + tap[axis] * g.dilations[axis] - g.paddingBefore[axis]
          isInside = isInside && (0..<extents[axis]).contains(position)
          inside = inside * extents[axis] + position
        }
        guard isInside else { continue }
        for channel in 0..<inputsPerGroup {
          let from = (place[0] * input[1] + group * inputsPerGroup + channel) * area + inside
          body(at, from, (place[1] * inputsPerGroup + channel) * taps.count + tapAt)
        }
      }
    }
  }

  func forward(_ x: Exact, bias: Exact?) -> Exact {
    var y = Exact(zeros: output)
    if let bias { for place in indices(output) { y[place] = bias.scalars[place[1]] } }
    forEachProduct { place, from, weight in y.scalars[place] += x.scalars[from] * weights.scalars[weight] }
    return y
  }

  /// The transpose of the linear map, which is the pullback and the transposed convolution.
  func transposed(_ v: Exact) -> Exact {
    var x = Exact(zeros: input)
    forEachProduct { place, from, weight in x.scalars[from] += v.scalars[place] * weights.scalars[weight] }
    return x
  }
}

import Kernels

/// Convolution written out: every product of an input scalar and a weight that one output scalar sums.
struct ExactConvolution {
  let geometry: ConvolutionGeometry
  let input: [Int]
  let weights: Exact
  let output: [Int]

  private func forEachProduct(_ body: (_ output: [Int], _ input: [Int], _ weight: Double) -> Void) {
    let g = geometry
    let (inputsPerGroup, outputsPerGroup) = (weights.shape[1], output[1] / g.groups)
    let taps = indices(Array(weights.shape.dropFirst(2)))
    for place in indices(output) {
      let group = place[1] / outputsPerGroup
      for tap in taps {
        let position = tap.indices.map {
          place[$0 + 2] * g.strides[$0] + tap[$0] * g.dilations[$0] - g.paddingBefore[$0]
        }
        guard position.indices.allSatisfy({ (0..<input[$0 + 2]).contains(position[$0]) }) else { continue }
        for channel in 0..<inputsPerGroup {
          body(place, [place[0], group * inputsPerGroup + channel] + position, weights[[place[1], channel] + tap])
        }
      }
    }
  }

  func forward(_ x: Exact, bias: Exact?) -> Exact {
    var y = Exact(zeros: output)
    if let bias { for place in indices(output) { y[place] = bias.scalars[place[1]] } }
    forEachProduct { place, from, weight in y[place] += x[from] * weight }
    return y
  }

  /// The transpose of the linear map, which is the pullback and the transposed convolution.
  func transposed(_ v: Exact) -> Exact {
    var x = Exact(zeros: input)
    forEachProduct { place, from, weight in x[from] += v[place] * weight }
    return x
  }
}

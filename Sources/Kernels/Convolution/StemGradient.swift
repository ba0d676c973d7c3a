import COneDNN

/// The data gradient of a network's first convolution, whose few channels oneDNN would round up to 16.
///
/// - Parameters:
///   - cotangent: `[N, O, H, W]`.
///   - weights: `[O, I, …]`.
///   - inputShape: `[N, I, H, W]`.
///   - g: the forward convolution's geometry.
/// - Returns: `[N, I, H, W]`, plain; `nil` for convolutions of another kind.
/// - Throws: Where oneDNN lacks memory.
func stemGradient(_ cotangent: NDArray, weights: NDArray, inputShape: [Int], _ g: ConvolutionGeometry) throws
  -> NDArray?
{
  let channels = inputShape[1], outputs = weights.shape[0]
  guard inputShape.count == 4, g.groups == 1, channels <= 4, outputs.isMultiple(of: 16) else { return nil }
  let cotangent = cotangent.reordered(to: try .blocked(cotangent.shape, width: 16))
  let weights = weights.stemWeights()
  var window = limn_window(g, input: inputShape, output: cotangent.shape, kernel: weights.shape)
  let result = NDArray(layout: .plain(inputShape))
  withExtendedLifetime((cotangent, weights)) {
    let (from, weights, to) = (cotangent.floats, weights.floats, result.floats)
    let rows = inputShape[0] * inputShape[2]
    Engine.current.split(rows, costing: inputShape[3] * outputs, inMultiplesOf: 1) { part in
      limn_stem_gradient(
        &window, from, weights, to, Int32(channels), Int64(outputs / 16), part.lowerBound, part.upperBound)
    }
  }
  return result
}

extension NDArray {
  /// `[kernel height, kernel width, O / 16, I, 16]` of weights `[O, I, …]`: in the order in which they are read.
  fileprivate func stemWeights() -> NDArray {
    func make() -> NDArray {
      let (outputs, channels, taps) = (shape[0], shape[1], shape[2] * shape[3])
      let from = scalars
      var to = [Float](repeating: 0, count: from.count)
      for o in 0..<outputs {
        for c in 0..<channels {
          for tap in 0..<taps {
            to[((tap * (outputs / 16) + o / 16) * channels + c) * 16 + o % 16] = from[(o * channels + c) * taps + tap]
          }
        }
      }
      return NDArray(to, shape: [shape[2], shape[3], outputs / 16, channels, 16]).asConstant()
    }
    return isConstant ? derived("stem gradient", from: []) { [make()] }[0] : make()
  }
}

extension limn_window {
  fileprivate init(_ g: ConvolutionGeometry, input: [Int], output: [Int], kernel: [Int]) {
    self.init(
      input: pair(input.dropFirst(2)), output: pair(output.dropFirst(2)), kernel: pair(kernel.prefix(2)),
      strides: pair(g.strides[...]), dilations: pair(g.dilations[...]), padding: pair(g.paddingBefore[...]))
  }
}

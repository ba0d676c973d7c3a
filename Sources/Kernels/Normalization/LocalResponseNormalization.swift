/// Local response normalisation across channels, as ONNX and AlexNet define it:
/// `y = x / (bias + alpha / size · Σ x²)^beta`, the sum over `size` neighbouring channels.
public struct LocalResponse: Hashable, Sendable {
  /// How many neighbouring channels `n` count together, the channel itself in their middle.
  public var size: Int
  /// `α`, what the sum of squares is multiplied by; it is divided by ``size``.
  public var alpha: Float
  /// `β`, the power.
  public var beta: Float
  /// `k`, what is added to the sum.
  public var bias: Float

  /// Numbers of one's own; ONNX's defaults.
  public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }

  /// The channels that enter the sum for one: ONNX rounds the reach down before it and up behind it.
  fileprivate func neighbors(of channel: Int, among channels: Int) -> ClosedRange<Int> {
    max(0, channel - (size - 1) / 2)...min(channels - 1, channel + size / 2)
  }

  /// The channels whose sum this one enters.
  fileprivate func dependents(of channel: Int, among channels: Int) -> ClosedRange<Int> {
    max(0, channel - size / 2)...min(channels - 1, channel + (size - 1) / 2)
  }

  /// `bias + alpha / size · Σ x²` for one channel of one image.
  fileprivate func divisors(
    _ image: UnsafePointer<Float>, channel: Int, channels: Int, area: Int, into result: UnsafeMutablePointer<Float>
  ) {
    result.update(repeating: 0, count: area)
    for neighbor in neighbors(of: channel, among: channels) {
      let plane = image + neighbor * area
      for i in 0..<area { result[i] += plane[i] * plane[i] }
    }
    let factor = alpha / Float(size)
    for i in 0..<area { result[i] = bias + factor * result[i] }
  }

  /// The divisors to the power −beta.
  fileprivate func inversePower(_ divisors: UnsafeMutablePointer<Float>, _ area: Int) {
    if beta == 0.75 {
      // Two roots are far cheaper than a power: d^(3/4) = √(d √d).
      for i in 0..<area { divisors[i] = 1 / (divisors[i] * divisors[i].squareRoot()).squareRoot() }
    } else {
      for i in 0..<area { divisors[i] = power(divisors[i], -beta) }
    }
  }
}

/// Local response normalisation.
///
/// - Parameters:
///   - x: `[N, C, …]`.
///   - response: its four numbers.
/// - Returns: The normalised array, plain.
/// - Throws: Where the input has no channels, or the size is not positive.
public func localResponseNormalization(_ x: NDArray, _ response: LocalResponse) throws -> NDArray {
  let (images, channels, area) = try response.split(x.shape)
  let source = x.plain()
  let result = NDArray(layout: .plain(x.shape))
  let scratch = Storage(count: area)
  source.withScalars { x in
    result.fill { y in
      for image in 0..<images {
        let from = x.baseAddress! + image * channels * area
        for channel in 0..<channels {
          response.divisors(from, channel: channel, channels: channels, area: area, into: scratch.pointer)
          response.inversePower(scratch.pointer, area)
          let (plane, into) = (from + channel * area, y + (image * channels + channel) * area)
          for i in 0..<area { into[i] = plane[i] * scratch.pointer[i] }
        }
      }
    }
  }
  return result
}

/// The gradient of local response normalisation.
///
/// - Parameters:
///   - cotangent: of the input's shape.
///   - x: the input of the forward normalisation.
///   - response: its four numbers.
/// - Returns: The gradient, plain.
/// - Throws: Where the shapes differ.
public func localResponseNormalizationPullback(_ cotangent: NDArray, input x: NDArray, _ response: LocalResponse)
  throws -> NDArray
{
  try require(
    cotangent.shape == x.shape, "A cotangent of shape \(cotangent.shape) does not fit an input of \(x.shape).")
  let (images, channels, area) = try response.split(x.shape)
  let (source, cotangent) = (x.plain(), cotangent.plain())
  let result = NDArray(layout: .plain(x.shape))
  // Per channel: the divisor's power, and v x / divisor^(beta + 1).
  let powers = Storage(count: channels * area)
  let ratios = Storage(count: channels * area)
  source.withScalars { x in
    cotangent.withScalars { v in
      result.fill { g in
        for image in 0..<images {
          let start = image * channels * area
          let (from, up, into) = (x.baseAddress! + start, v.baseAddress! + start, g + start)
          for channel in 0..<channels {
            let (p, r) = (powers.pointer + channel * area, ratios.pointer + channel * area)
            response.divisors(from, channel: channel, channels: channels, area: area, into: r)
            p.update(from: r, count: area)
            response.inversePower(p, area)
            for i in 0..<area { r[i] = up[channel * area + i] * from[channel * area + i] * p[i] / r[i] }
          }
          let factor = 2 * response.alpha * response.beta / Float(response.size)
          for channel in 0..<channels {
            let plane = channel * area
            for i in plane..<plane + area { into[i] = 0 }
            for other in response.dependents(of: channel, among: channels) {
              for i in 0..<area { into[plane + i] += ratios.pointer[other * area + i] }
            }
            for i in plane..<plane + area { into[i] = up[i] * powers.pointer[i] - factor * from[i] * into[i] }
          }
        }
      }
    }
  }
  return result
}

extension LocalResponse {
  fileprivate func split(_ shape: [Int]) throws -> (images: Int, channels: Int, area: Int) {
    try require(
      shape.count >= 2 && !shape.contains(0) && size > 0,
      "Local response normalisation over \(size) channels cannot take an array of shape \(shape).")
    return (shape[0], shape[1], shape.dropFirst(2).reduce(1, *))
  }
}

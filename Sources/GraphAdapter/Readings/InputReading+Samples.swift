import AttributionKit

extension InputReading.Samples {
  /// Tells by what scaling and shifting these samples makes of them, if that is how networks are trained; else by which
  /// sample becomes zero and by how far apart neighbors come to lie.
  init?(scale: [Float], shift: [Float]) {
    guard !scale.isEmpty, scale.allSatisfy({ $0 != 0 && $0.isFinite }), shift.allSatisfy(\.isFinite) else { return nil }
    if let known = KnownNormalization.told(by: scale, shift) {
      self = known.samples
      return
    }
    let count = Float(scale.count), step = abs(scale.reduce(0, +) / count)
    let zero = zip(scale, shift).reduce(0) { $0 - $1.1 / $1.0 } / count
    switch zero {
    case 1.5...256: self = .bytes
    // What is subtracted lies between black and white, if that is 0…1 or, beside such small steps, 0…255.
    case 0.05...1: self = step > 0.05 ? .unit : .bytes
    case -0.05..<0.05 where step <= 1 / 32: self = .bytes
    case -0.05..<0.05 where (100...300).contains(step): self = .unit
    default: return nil
    }
  }

  /// Tells by the numbers that a network was calibrated to round between, or keeps its image between.
  init?(between range: ClosedRange<Float>) {
    let (low, high) = (range.lowerBound, range.upperBound)
    switch high {
    case 200...270: self = .bytes
    case 0.9...1.1 where low > -0.1: self = .unit
    case 0.9...1.1 where (-1.1...(-0.9)).contains(low): self = .signed
    case 2...3.2 where low < -1.5: self = .imageNet
    default: return nil
    }
  }
}

/// A normalisation that networks are trained with, `(s − mean) / deviation` of samples `s` of 0…255, red first.
struct KnownNormalization {
  private let mean: [Float], deviation: [Float]
  /// Whether a multiple of it is as usual.
  private var isOfAnyScale = false

  private init(mean: [Float], deviation: [Float], isOfAnyScale: Bool = false) {
    (self.mean, self.deviation, self.isOfAnyScale) = (mean, deviation, isOfAnyScale)
  }

  /// What a recipe does to samples, the colors of one number all alike.
  private init(_ recipe: Preprocessing, isOfAnyScale: Bool = false) {
    func colors(_ numbers: [Float]) -> [Float] {
      let all = numbers.count == 1 ? [numbers[0], numbers[0], numbers[0]] : numbers
      return (recipe.channelOrder == .bgr ? all.reversed() : all).map { $0 / recipe.scale }
    }
    self.init(mean: colors(recipe.mean), deviation: colors(recipe.deviation), isOfAnyScale: isOfAnyScale)
  }

  private static let imageNet = KnownNormalization(.imagenet), signed = KnownNormalization(.tf)
  private static let unit = KnownNormalization(.unit), bytes = KnownNormalization(.raw255)
  /// Those that a network may bring its image to.
  private static let all = [
    imageNet, signed, unit, bytes,
    // OpenAI's CLIP.
    KnownNormalization(
      Preprocessing(mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])),
    // The mean color alone, or divided by one number.
    KnownNormalization(.caffe, isOfAnyScale: true),
  ]

  /// What an image must hold for `scale · x + shift`, channel by channel, to be such a normalisation of a photograph, and
  /// the order of its channels where red and blue differ; `nil` where it is none.
  static func told(
    by scale: [Float], _ shift: [Float]
  ) -> (samples: InputReading.Samples, order: InputReading.ChannelOrder?)? {
    guard scale.count == 3 || scale.count == 1 else { return nil }
    let given: [(InputReading.Samples, KnownNormalization)] = [
      (.bytes, bytes), (.unit, unit), (.signed, signed), (.imageNet, imageNet),
    ]
    for order in [InputReading.ChannelOrder.redFirst, .blueFirst] {
      for (samples, first) in given where samples != .imageNet || scale.count == 3 {
        let whole = first.followed(by: scale, shift, order)
        let candidates = samples == .imageNet ? all.filter { !$0.isOfAnyScale } : all
        guard let known = candidates.first(where: { whole.isNear($0, from: samples) }) else { continue }
        return (samples, scale.count == 3 && known.differsByColor(from: first) ? order : nil)
      }
    }
    return nil
  }

  /// This one, scaled and shifted by numbers in the order of the network's channels.
  private func followed(by scale: [Float], _ shift: [Float], _ order: InputReading.ChannelOrder) -> KnownNormalization {
    let channels = order == .redFirst ? Array(scale.indices) : scale.indices.reversed()
    let colors = channels.enumerated()
    return KnownNormalization(
      mean: colors.map { mean[$0] - shift[$1] * deviation[$0] / scale[$1] },
      deviation: colors.map { deviation[$0] / scale[$1] })
  }

  private func isNear(_ other: KnownNormalization, from samples: InputReading.Samples) -> Bool {
    let ratios = zip(deviation, other.deviation).map { $0 / $1 }
    // What shifts samples of 0…255 by less than one was meant for others.
    let tolerance: Float = samples == .bytes && other.mean[0] == 0 ? 0.01 : 1.5
    guard zip(mean, other.mean).allSatisfy({ abs($0 - $1) < tolerance }), ratios.allSatisfy({ $0 > 0 }) else {
      return false
    }
    let scale = other.isOfAnyScale ? ratios[0] : 1
    return ratios.allSatisfy { abs($0 / scale - 1) < 0.03 }
  }

  /// Whether the numbers that lead from `other` to this one tell red from blue.
  private func differsByColor(from other: KnownNormalization) -> Bool {
    mean[0] != mean[2] || other.mean[0] != other.mean[2]
  }
}

public import AttributionKit

/// How photographs become a network's input, as far as somebody says; the rest follows from the network.
///
/// `(sample · scale − mean) / deviation` of samples of 0…255. Where none of ``preset``, ``mean``, ``deviation`` and
/// ``scale`` is given, the network's own recipe is taken, or else ImageNet's for three channels and 0…1 for others.
public struct Recipe: Hashable, Sendable, Codable {
  /// The name of one of `Preprocessing.presets`.
  public var preset: String?
  /// What is subtracted from each channel after scaling: one number for all, or one for each.
  public var mean: [Float]?
  /// What each channel is then divided by: one number for all, or one for each.
  public var deviation: [Float]?
  /// What samples of 0…255 are multiplied by first.
  public var scale: Float?
  /// The order of the network's colour channels.
  public var channelOrder: ChannelOrder?
  /// How a photograph of other proportions is fitted.
  public var fit: Fit?
  /// The input's size, where the network leaves it open.
  public var size: ImageSize?

  /// The order of colour channels.
  public enum ChannelOrder: String, Sendable, Codable, CaseIterable { case rgb, bgr }

  /// How a photograph of other proportions is fitted: its centre cropped, stretched, or with grey bars.
  public enum Fit: String, Sendable, Codable, CaseIterable { case crop, stretch, letterbox }

  /// The names of the fields where a recipe is written down.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case preset, mean, deviation = "std", scale, channelOrder, fit, size
  }

  /// A recipe of which nothing is said that is left out.
  public init(
    preset: String? = nil, mean: [Float]? = nil, deviation: [Float]? = nil, scale: Float? = nil,
    channelOrder: ChannelOrder? = nil, fit: Fit? = nil, size: ImageSize? = nil
  ) {
    self.preset = preset
    self.mean = mean
    self.deviation = deviation
    self.scale = scale
    self.channelOrder = channelOrder
    self.fit = fit
    self.size = size
  }

  /// Whether the numbers are left to the network, or to a guess.
  public var isAssumed: Bool { preset == nil && mean == nil && deviation == nil && scale == nil }

  /// Whether nothing is said at all, the size aside.
  public var isEmpty: Bool { isAssumed && channelOrder == nil && fit == nil }
}

extension Recipe {
  /// Makes sure that it can be followed, whatever the network.
  ///
  /// - Throws: ``ExplainingError`` for an unknown preset, or a number that leaves nothing to see.
  public func check() throws(ExplainingError) {
    if let preset, Preprocessing.preset(named: preset) == nil {
      let names = Preprocessing.presets.map(\.name).joined(separator: ", ")
      throw .usage("there is no preset '\(preset)'; choose \(names)", about: .preset)
    }
    if let deviation, deviation.contains(0) {
      throw .usage("a deviation of 0 would divide by zero; 1 changes nothing", about: .deviation)
    }
    if let scale, !scale.isFinite || scale == 0 {
      throw .usage("a scale of \(scale) leaves nothing to see", about: .scale)
    }
  }

  /// The whole recipe for a network with such an input; `native`, the network's own, holds where nothing is said.
  ///
  /// - Parameters:
  ///   - grid: the input.
  ///   - native: what the network says of itself.
  ///   - head: of a detector, what its rows mean: photographs are then shown whole.
  /// - Returns: The recipe.
  /// - Throws: ``ExplainingError`` where it cannot be followed, or does not fit the network's channels.
  public func preprocessing(
    for grid: ImageGrid, native: Preprocessing? = nil, detecting head: DetectionHead? = nil
  ) throws(ExplainingError) -> Preprocessing {
    try check()
    // Explicit numbers start from plain 0…1.
    let usual = head?.usualPreset ?? "imagenet"
    let name = preset ?? (isAssumed && grid.channels == 3 ? usual : "unit")
    var recipe = Preprocessing.preset(named: name) ?? .unit
    recipe.resize = head?.usualResize ?? .usual(height: grid.height, width: grid.width)
    if isAssumed, let native {
      let isUsual = native.resize == .usual(height: grid.height, width: grid.width)
      recipe = native
      // What a network says of its numbers says nothing of what is cut off.
      if let head, isUsual { recipe.resize = head.usualResize }
    }
    if let mean { recipe.mean = try mean.spread(over: grid.channels, as: "mean", about: .mean) }
    if let deviation {
      recipe.deviation = try deviation.spread(over: grid.channels, as: "deviation", about: .deviation)
    }
    if let scale { recipe.scale = scale }
    if let channelOrder { recipe.channelOrder = channelOrder == .bgr ? .bgr : .rgb }
    switch fit {
    case nil: break
    case .crop:
      if case .centerCrop = recipe.resize { break }
      recipe.resize = .usual(height: grid.height, width: grid.width)
    case .stretch: recipe.resize = .exact
    case .letterbox: recipe.resize = .letterbox(fill: 114)
    }
    recipe.layout = grid.isChannelsLast ? .nhwc : .nchw
    return recipe
  }

  /// Takes from another what this one does not say; numbers belong together, so that one of them here replaces all.
  public mutating func fill(from other: Recipe) {
    if isAssumed {
      (preset, mean, deviation, scale) = (other.preset, other.mean, other.deviation, other.scale)
    }
    channelOrder = channelOrder ?? other.channelOrder
    fit = fit ?? other.fit
    size = size ?? other.size
  }

  /// Everything that a network's recipe says, for an input of this size.
  public init(describing recipe: Preprocessing, size: ImageSize? = nil) {
    let fit: Fit =
      switch recipe.resize {
      case .centerCrop: .crop
      case .exact, .stretchCrop: .stretch
      case .letterbox: .letterbox
      }
    self.init(
      mean: recipe.mean, deviation: recipe.deviation, scale: recipe.scale,
      channelOrder: recipe.channelOrder == .bgr ? .bgr : .rgb, fit: fit, size: size)
  }
}

extension [Float] {
  /// A number for each of `count` channels.
  fileprivate func spread(over count: Int, as name: String, about setting: Setting) throws(ExplainingError) -> [Float] {
    if self.count == 1 { return Array(repeating: self[0], count: count) }
    guard self.count == count else {
      throw .usage(
        "the \(name) has \(self.count) numbers and the network \(count) channels: give one each", about: setting)
    }
    return self
  }
}

extension Preprocessing {
  /// Whether samples become the same numbers by another recipe.
  func hasNumbers(of other: Preprocessing) -> Bool {
    scale == other.scale && mean == other.mean && deviation == other.deviation && channelOrder == other.channelOrder
  }
}

extension DetectionHead {
  /// Whether rows run over the cells of grids, or are the best of those, as with all of YOLO.
  private var isYOLO: Bool {
    let isRanked = isEndToEnd && boxes?.form != .yxyx && !open.contains(.form)
    return (boxes?.form == .center || isRanked) && boxes?.horizontal == 1
  }

  /// The numbers that networks with such rows are trained on: YOLO's are 0…1, those of YOLOX 0…255, and most of RT-DETR's
  /// kin with their best rows chosen 0…1.
  fileprivate var usualPreset: String {
    boxes?.form == .offsets ? "raw255" : isYOLO || isEndToEnd ? "unit" : "imagenet"
  }

  /// What is cut off has no box: YOLO is shown photographs between grey bars, others stretched.
  fileprivate var usualResize: Preprocessing.Resize {
    isYOLO || boxes?.form == .offsets ? .letterbox(fill: 114) : .exact
  }
}

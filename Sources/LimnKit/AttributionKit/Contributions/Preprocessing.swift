/// How a photograph becomes a network's input: the recipe the network was trained with.
///
/// Sizes are not part of it: they follow from the network's input height and width.
public struct Preprocessing: Hashable, Sendable, Codable {
  /// How the photograph is brought to the input's extent.
  public enum Resize: Hashable, Sendable, Codable {
    /// Keeps proportions, fills the input, and cuts off what sticks out; of the resized short side only a fraction is
    /// kept: 0.875 resizes it to 256 pixels for an input of 224, 1 loses nothing of it.
    case centerCrop(keeping: Double)
    /// Shows all of the photograph, at the price of proportions.
    case exact
    /// Resizes at the price of proportions, and keeps a fraction of either side around the centre: 0.875 resizes to
    /// 256 × 256 pixels for an input of 224 × 224.
    case stretchCrop(keeping: Double)
    /// Shows all of the photograph and keeps proportions; the rest of the input has this grey level.
    case letterbox(fill: UInt8)

    /// What is taken for networks that do not say: a centre crop of 0.875, as torchvision's.
    ///
    /// Networks for icons, of at most 64 pixels a side, are trained on whole pictures, and a crop would cost them pixels
    /// they need: nothing of the short side is cut off.
    public static func usual(height: Int, width: Int) -> Resize {
      .centerCrop(keeping: max(height, width) <= 64 ? 1 : 0.875)
    }
  }

  /// How samples between the stored ones are made, by Pillow's names; all but the nearest are antialiased.
  public enum Interpolation: String, Hashable, Sendable, Codable {
    case nearest, box, bilinear, hamming, bicubic, lanczos
  }

  /// How sides of a resized photograph, and the place where its centre begins, become whole pixels.
  public enum Rounding: String, Hashable, Sendable, Codable {
    /// A side is cut; a centre between two pixels begins at the even one, as torchvision has it.
    case even
    /// Both are cut, as transformers' image processors have it.
    case down
    /// A side is rounded; a centre begins as in torchvision: timm's inputs that are not square.
    case nearest
  }

  /// What the network calls channels 0, 1, 2; a network with one channel gets luminance whatever stands here.
  public enum ChannelOrder: String, Hashable, Sendable, Codable { case rgb, bgr, gray = "grey" }

  /// The order of dimensions of the input, batch first.
  public enum Layout: String, Hashable, Sendable, Codable { case nchw, nhwc }

  public var resize: Resize
  public var interpolation: Interpolation
  public var channelOrder: ChannelOrder
  /// The network's number is `(sample * scale - mean) / deviation`, the sample being 0…255.
  public var scale: Float
  /// One for all channels, or one for each in the network's own order.
  public var mean: [Float], deviation: [Float]
  public var layout: Layout
  /// How pixels become whole; where nothing is said, as in torchvision.
  public var rounding: Rounding?

  /// A recipe; without arguments, samples in 0…1 of torchvision's crop.
  public init(
    resize: Resize = .centerCrop(keeping: 0.875), channelOrder: ChannelOrder = .rgb,
    scale: Float = 1 / 255, mean: [Float] = [0], deviation: [Float] = [1], layout: Layout = .nchw,
    interpolation: Interpolation = .bilinear, rounding: Rounding? = nil
  ) {
    self.resize = resize
    self.interpolation = interpolation
    self.rounding = rounding
    self.channelOrder = channelOrder
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
    self.layout = layout
  }
}

extension Preprocessing {
  /// Torchvision's recipe, most ImageNet networks': short side 256 for 224, centre crop, mean and deviation of ImageNet.
  public static let imagenet = Preprocessing(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
  /// TensorFlow's recipe: samples in −1…1.
  public static let tf = Preprocessing(scale: 1 / 127.5, mean: [1])
  /// Caffe's recipe: blue first, samples of 0…255 less ImageNet's mean colour.
  public static let caffe = Preprocessing(channelOrder: .bgr, scale: 1, mean: [103.939, 116.779, 123.68])
  /// Samples in 0…1.
  public static let unit = Preprocessing()
  /// Samples in 0…255.
  public static let raw255 = Preprocessing(scale: 1)

  /// The presets by the names that users know them by.
  public static let presets: [(name: String, preprocessing: Preprocessing)] = [
    ("imagenet", imagenet), ("tf", tf), ("caffe", caffe), ("unit", unit), ("raw255", raw255),
  ]

  /// The preset of this name; capitals do not matter.
  public static func preset(named name: String) -> Preprocessing? {
    presets.first { $0.name == name.lowercased() }?.preprocessing
  }
}

/// Something worth knowing that is neither a result nor an error: one sentence without a full stop.
public struct Note: Hashable, Sendable, CustomStringConvertible {
  public let sentence: String
  /// What was assumed, where somebody could have settled it.
  public let setting: Setting?

  /// A note that says `sentence`.
  public init(_ sentence: String, about setting: Setting? = nil) {
    self.sentence = sentence
    self.setting = setting
  }

  public var description: String { sentence }
}

/// Something that can be settled about a network or a question, to which a note or an error refers.
///
/// Libraries know no options: a program tells its users by this how they settle it there.
public struct Setting: Hashable, Sendable {
  /// A word for it, unique among settings.
  public let name: String

  /// A setting of a program's own.
  public init(_ name: String) { self.name = name }

  /// Which network a file holds the weights of.
  public static let architecture = Setting("architecture")
  /// The height and width of the images.
  public static let imageSize = Setting("image size")
  /// Which output is explained.
  public static let output = Setting("output")
  /// What the numbers of that output mean.
  public static let answer = Setting("answer")
  /// One or the other: which output is explained, or what its numbers mean.
  public static let outputOrAnswer = Setting("output or answer")
  /// How the rows of a detector are read.
  public static let detection = Setting("detection")
  /// What inputs other than the image are fixed to.
  public static let fixedInputs = Setting("fixed inputs")
  /// The vectors that stand for classes.
  public static let classVectors = Setting("class vectors")
  /// What the network multiplies.
  public static let precision = Setting("precision")
}

public import AttributionKit
import Formats
import Images
import Rendering
@_spi(Limn) import Tensors

/// Why something cannot be explained, by whose fault it is, in one sentence with the remedy.
public struct ExplainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose fault it is.
  public enum Fault: Hashable, Sendable {
    /// What was asked makes no sense: a target that is none, a size the network does not take.
    case usage
    /// What was handed over cannot be used: a damaged picture, a class or layer that is not there.
    case data
    /// A file is missing, or may not be read.
    case missingInput
    /// A result cannot be written.
    case output
    /// A mistake in the program itself.
    case internalError
  }

  /// Whose fault it is.
  public let fault: Fault
  /// The sentence, without a full stop.
  public let description: String
  /// What to settle otherwise, where that is the remedy: a program knows by what option.
  public let setting: Setting?

  /// The most characters of the sentence; with a program's hint at the remedy there are at most 600.
  static let longestSentence = 520

  /// An error told in `sentence`, which loses its middle where it is too long.
  public init(_ fault: Fault, _ sentence: String, about setting: Setting? = nil) {
    self.fault = fault
    // Whatever a file holds; the option that a program adds must have room, too.
    description = elided(sentence, to: Self.longestSentence)
    self.setting = setting
  }

  static func usage(_ sentence: String, about setting: Setting? = nil) -> Self {
    Self(.usage, sentence, about: setting)
  }
  static func data(_ sentence: String, about setting: Setting? = nil) -> Self { Self(.data, sentence, about: setting) }
  static func missingInput(_ sentence: String) -> Self { Self(.missingInput, sentence) }

  /// The same with words before the sentence: a file's name and a colon.
  func prefixed(by words: String) -> Self { Self(fault, words + description, about: setting) }
}

extension ExplainingError {
  /// Whose fault an error of any of Limn's libraries is; what none of them throws counts as a mistake in the program.
  public init(_ error: any Error) {
    switch error {
    case let error as ExplainingError: self = error
    case let error as AttributionError: self.init(error)
    case let error as Refusal: self = .data(error.description)
    case let error as ImageError: self.init(error)
    case let error as RenderingError: self.init(error)
    default:
      if let error = ModelFileError(readersError: error) {
        self.init(error)
      } else {
        self.init(.internalError, "internal error: \(error)")
      }
    }
  }

  private init(_ error: AttributionError) {
    self =
      switch error {
      case .unreadableExpression(let fault) where fault.alias != nil: .data("\(error)")
      case .unknownParameter, .unusableParameter, .unreadableExpression: .usage("\(error)")
      case .noSuchLayer: .data("\(error)", about: .layer)
      default: .data("\(error)")
      }
  }

  private init(_ error: ModelFileError) {
    let fault: Fault =
      switch error.fault {
      case .missing, .unreadable: .missingInput
      case .damaged, .unsupported, .absent: .data
      case .request: .usage
      }
    self.init(fault, error.description, about: error.setting)
  }

  private init(_ error: ImageError) {
    let fault: Fault =
      switch error {
      case .missing, .unreadable: .missingInput
      case .unwritable: .output
      case .outOfMemory: .internalError
      case .empty, .unsupported, .corrupt, .tooLarge, .unfit: .data
      }
    let setting: Setting? = if case .tooLarge = error { .pixelLimit } else { nil }
    let sentence = "\(error)"
    self.init(fault, setting != nil && sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence, about: setting)
  }

  private init(_ error: RenderingError) {
    switch error {
    case .tooLarge, .nothingToShow: self = .usage("\(error)")
    case .extentMismatch, .unusableScale, .drawing: self.init(.internalError, "internal error: \(error)")
    }
  }
}

/// What `body` makes, its errors told by whose fault they are.
func explaining<Value>(_ body: () throws -> Value) throws(ExplainingError) -> Value {
  do { return try body() } catch { throw ExplainingError(error) }
}

extension Setting {
  /// Which output is explained, which of its steps, or what its numbers mean.
  package static let outputStepOrAnswer = Setting("output, step or answer")
  /// What the classes are called.
  public static let labels = Setting("labels")
  /// What lies beside a network's file and says what the file does not.
  public static let manifest = Setting("manifest")
  /// How photographs are prepared.
  public static let recipe = Setting("recipe")
  /// A named recipe.
  public static let preset = Setting("preset")
  /// What is subtracted from each channel.
  public static let mean = Setting("mean")
  /// What each channel is divided by.
  public static let deviation = Setting("deviation")
  /// What samples are multiplied by first.
  public static let scale = Setting("scale")
  /// Which color is the first channel.
  public static let channelOrder = Setting("channel order")
  /// How a photograph of other proportions is fitted.
  public static let fit = Setting("fit")
  /// The layer that methods explain which were given none.
  public static let layer = Setting("layer")
  /// Which class is explained, or what else.
  public static let target = Setting("target")
  /// What the score of a class is.
  public static let score = Setting("score")
  /// Which of a detector's boxes is explained.
  public static let box = Setting("box")
  /// Where a network that answers for each place of a picture is asked.
  public static let region = Setting("region")
  /// How many pixels a photograph may have.
  public static let pixelLimit = Setting("pixelLimit")
  /// What a picture is compared with.
  public static let reference = Setting("reference")
}

extension ExplainingError {
  /// Whether another picture may do where this one did not.
  package var isAboutPicture: Bool {
    (fault == .data || fault == .missingInput) && setting != .outputOrAnswer && setting != .outputStepOrAnswer
  }

  /// Whether another picture may have the places that were asked about and this one has not.
  package var isAboutPlaces: Bool { fault == .data && (setting == .region || setting == .box) }
}

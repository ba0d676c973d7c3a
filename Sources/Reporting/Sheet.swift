public import AttributionKit
public import Explaining
import Images
public import Rendering
public import Tensors

/// Pictures explained side by side: what is drawn, each row with the numbers it was drawn from.
public struct Sheet: Sendable {
  /// Above all rows: what the network is called.
  public let title: String
  /// Above all rows: its input, and how photographs were prepared for it.
  public let subtitle: String
  /// One per picture and target, in the order they were explained.
  public let rows: [Row]
  /// Below all rows, small: the release, the score, the layer.
  public let footer: [String]
  /// How many processors draw it.
  let workers: Workers
  /// What a page of it knows beside its rows.
  var pageSettings: PageSettings?

  /// One picture explained for one target.
  public struct Row: Sendable {
    /// One per method, in the order of the panels; empty where reports were not asked for.
    public let reports: [Report]
    /// The values of each method that has an attribution; empty where they were not asked for.
    public let arrays: [NamedArray]
    /// The original first, then a panel per method; `nil` where drawings were not asked for.
    public let drawing: ComparisonSheet.Row?
    /// What the figure shows in place of ``drawing``, where several targets share a row; `nil` where each has its own.
    var together: [ComparisonSheet.Row]?
    /// What a page shows; `nil` where no page was asked for.
    var page: PageRow?
  }

  /// One attribution's values.
  public struct NamedArray: Sendable {
    /// The picture, the target and the method: `photo.jpg/tabby/grad-cam`.
    public let name: String
    /// Signed and unscaled: `[height, width]` on a layer's grid, or in the shape of the input.
    public let values: Tensor
  }

  /// What rows hold.
  public struct Contents: OptionSet, Hashable, Sendable {
    /// The bits of the set.
    public let rawValue: Int
    /// The set of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A picture of each method's attribution.
    public static let drawings = Contents(rawValue: 1)
    /// The numbers of each method's attribution.
    public static let reports = Contents(rawValue: 2)
    /// The values of each method's attribution.
    public static let arrays = Contents(rawValue: 4)
    /// The values of each method's attribution, with the photographs, ready for a page.
    public static let page = Contents(rawValue: 8)
  }

  /// All rows' reports.
  public var reports: [Report] { rows.flatMap(\.reports) }

  /// All rows' values.
  public var arrays: [NamedArray] { rows.flatMap(\.arrays) }

  /// What is drawn.
  public var figure: ComparisonSheet {
    ComparisonSheet(
      title: title, subtitle: subtitle, rows: rows.flatMap { $0.together ?? [$0.drawing].compactMap { $0 } },
      footer: footer)
  }

  /// What people should know of how it is drawn: letters that no font of this computer has.
  public var notes: [Note] { (try? figure.missingLetters())?.map { Note($0.description) } ?? [] }
}

extension Sheet {
  /// A sheet of what one explainer made of some pictures, in their order.
  ///
  /// - Parameters:
  ///   - explained: what was explained, all by one explainer.
  ///   - style: how attributions are drawn.
  ///   - contents: what rows hold.
  /// - Throws: ``ExplainingError`` where there is nothing to show, or a row cannot be drawn.
  public init(
    of explained: [Explained], style: DrawingStyle = DrawingStyle(), contents: Contents = [.drawings, .reports]
  ) throws(ExplainingError) {
    guard let first = explained.first else { throw ExplainingError(RenderingError.nothingToShow) }
    var builder = try SheetBuilder(about: first.inquiry.picture.explainer, style: style, contents: contents)
    do {
      for one in explained { try builder.add(one) }
      self = try builder.sheet()
    } catch { throw ExplainingError(error) }
  }
}

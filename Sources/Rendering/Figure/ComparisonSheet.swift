public import Images

/// One or more photographs, each explained by several methods side by side: rows of panels, the original first.
public struct ComparisonSheet: Hashable, Sendable {
  /// Above all rows, large: the network's name.
  public var title: String
  /// Below the title: how photographs were prepared for the network.
  public var subtitle: String
  /// One per photograph and target.
  public var rows: [Row]
  /// Below all rows, small: the tool's version, the methods with their parameters.
  public var footer: [String]

  /// A sheet of these rows.
  public init(title: String = "", subtitle: String = "", rows: [Row], footer: [String] = []) {
    (self.title, self.subtitle, self.rows, self.footer) = (title, subtitle, rows, footer)
  }

  /// One photograph explained for one target.
  public struct Row: Hashable, Sendable {
    /// The target and how sure the network is of it: `tabby cat · 87.3 %`.
    public var title: String
    /// The photograph's name and whatever else belongs to the row.
    public var subtitle: String
    /// The original first, then one panel per method.
    public var panels: [Panel]

    /// A row of these panels.
    public init(title: String, subtitle: String = "", panels: [Panel]) {
      (self.title, self.subtitle, self.panels) = (title, subtitle, panels)
    }
  }

  /// One picture with its captions.
  public struct Panel: Hashable, Sendable {
    /// What is shown.
    public var content: Content
    /// The method's title.
    public var title: String
    /// The layer and its grid, or how many activations were guided.
    public var caption: String
    /// Below the picture, what its colors mean in numbers.
    public var colorBar: ColorBar?
    /// A word on a result that is shown but not in order: `all-negative`.
    public var badge: String?

    /// Small marks in the picture's upper right corner, which the footer explains.
    public var checks: [Check] = []

    /// A panel that shows this.
    public init(
      _ content: Content, title: String, caption: String = "", colorBar: ColorBar? = nil, badge: String? = nil
    ) {
      (self.content, self.title, self.caption) = (content, title, caption)
      (self.colorBar, self.badge) = (colorBar, badge)
    }
  }

  /// A mark that tells whether a map depends on something.
  public struct Check: Hashable, Sendable {
    /// The letter before the mark.
    public var letter: String
    /// How alike the map is to one without it, up to 1; `nil` where that is not known.
    public var similarity: Double?

    /// A mark of this letter.
    public init(_ letter: String, similarity: Double?) { (self.letter, self.similarity) = (letter, similarity) }
  }

  /// What there is to see in a panel.
  public enum Content: Hashable, Sendable {
    /// A picture, shown as wide as its column.
    case picture(Raster)
    /// There is nothing to see: why, and what to try.
    case empty(status: String, hint: String)
  }

  /// What the colours of a panel mean in numbers.
  public struct ColorBar: Hashable, Sendable {
    /// The colors, from the left end to the right.
    public var colorMap: ColorMap
    /// The quantities at the bar's ends.
    public var range: ClosedRange<Double>
    /// Small print under the bar: the raw range before rectifying.
    public var note: String

    /// A bar from the lower bound of `range` to the upper.
    public init(_ colorMap: ColorMap, range: ClosedRange<Double>, note: String = "") {
      (self.colorMap, self.range, self.note) = (colorMap, range, note)
    }
  }

  /// Pictures larger than this many pixels on their longer side are reduced: projecting maps onto
  /// `photograph.reduced(toFit:)` of it saves time and loses nothing.
  public static let usefulSide = 768
}

extension ComparisonSheet {
  /// The file's bytes; the same sheet gives the same bytes every time.
  ///
  /// - Parameters:
  ///   - format: What to write.
  ///   - scale: Pixels per unit of the layout for PNG and JPEG; letters measure at least 11 units.
  ///   - workers: How many processors work at once.
  /// - Returns: A whole file.
  /// - Throws: ``RenderingError`` where there is nothing to show or the format cannot hold it.
  public func render(as format: FigureFormat, scale: Double = 1, workers: Workers = .all) throws -> [UInt8] {
    try figure().render(as: format, scale: scale, title: title, workers: workers)
  }

  /// The extent of the figure in units of the layout: pixels at a scale of 1, 1/96 inch in print.
  ///
  /// - Throws: ``RenderingError`` where there is nothing to show.
  public func size() throws -> (width: Double, height: Double) {
    let figure = try figure()
    return (figure.width, figure.height)
  }

  /// Everything on the sheet with its place.
  ///
  /// - Throws: ``RenderingError`` where there is nothing to show.
  package func figure() throws -> Figure {
    guard rows.contains(where: { !$0.panels.isEmpty }) else { throw RenderingError.nothingToShow }
    var layout = SheetLayout(measure: try TextMeasure(), sheet: self)
    return layout.figure()
  }
}

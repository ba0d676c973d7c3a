public import Images

/// Plots in rows of two, each of which compares the same things by their colours.
public struct PlotSheet: Hashable, Sendable {
  /// Above all plots, large.
  public var title: String
  /// Below the title.
  public var subtitle: String
  /// What is compared, in the order of its colours.
  public var names: [String]
  /// From left to right and from the top down.
  public var plots: [Plot]
  /// Below all plots, small.
  public var footer: [String]

  /// A sheet of these plots.
  public init(title: String = "", subtitle: String = "", names: [String], plots: [Plot], footer: [String] = []) {
    (self.title, self.subtitle, self.names, self.plots, self.footer) = (title, subtitle, names, plots, footer)
  }

  /// One plot with its captions.
  public struct Plot: Hashable, Sendable {
    /// What the numbers are: `Insertion`.
    public var title: String
    /// How they are to be read: `higher is better`.
    public var caption: String
    /// What is drawn.
    public var content: Content

    /// A plot of this.
    public init(title: String, caption: String = "", _ content: Content) {
      (self.title, self.caption, self.content) = (title, caption, content)
    }
  }

  /// What a plot shows.
  public enum Content: Hashable, Sendable {
    /// A number for each of the names with its interval; `nil` where there is none.
    case dots([Dot?])
    /// A function for each of the names; empty where there is none.
    case curves([[Point]], x: String, y: String)
  }

  /// A number, and where it lies with some certainty.
  public struct Dot: Hashable, Sendable {
    /// The number.
    public var value: Double
    /// Where it lies; `nil` where that is not known.
    public var interval: ClosedRange<Double>?

    /// A number with its interval.
    public init(_ value: Double, interval: ClosedRange<Double>? = nil) {
      (self.value, self.interval) = (value, interval)
    }
  }

  /// A point of a function.
  public struct Point: Hashable, Sendable {
    /// The place and the value.
    public var x: Double, y: Double

    /// The value at a place.
    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
  }

  /// The file of the sheet.
  ///
  /// - Parameters:
  ///   - format: what kind of file.
  ///   - scale: pixels per unit of the layout, for pictures.
  ///   - workers: how many processors draw.
  /// - Returns: The bytes of a whole file.
  /// - Throws: ``RenderingError``.
  public func render(as format: FigureFormat, scale: Double = 1, workers: Workers = .all) throws -> [UInt8] {
    var layout = PlotLayout(measure: try TextMeasure(), sheet: self)
    return try layout.figure().render(as: format, scale: scale, title: title, workers: workers)
  }
}

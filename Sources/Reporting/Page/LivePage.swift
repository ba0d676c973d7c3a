import AttributionKit
public import Explaining
public import Foundation
public import Images
import Rendering

/// What a page needs whose numbers come while it is open, from a server: the same programs and the same numbers that a page in
/// a file has inside.
public enum LivePage {
  /// A program or style of the page, by the name of its file; `nil` where there is none of this name.
  public static func part(_ name: String) -> [UInt8]? {
    name.hasSuffix(".js") || name.hasSuffix(".css") ? PageFile.bytes(of: name) : nil
  }

  /// The JSON that a sheet's page would have inside.
  ///
  /// - Parameters:
  ///   - sheet: rows that hold ``Sheet/Contents/page``.
  ///   - command: the command that makes it again.
  /// - Returns: What the page's programs read.
  /// - Throws: `EncodingError`, or an error of drawing.
  public static func json(of sheet: Sheet, command: String? = nil) throws -> Data {
    try PageFile.json(of: Page(of: sheet, command: command))
  }

  /// A small JPEG of a photograph, whose longer side has at most `side` pixels.
  ///
  /// - Throws: `ImageError`.
  public static func thumbnail(of photograph: Raster, side: Int) throws -> [UInt8] {
    try photograph.reduced(toFit: side).jpegData(quality: 82)
  }

  /// What maps can be colored with, as JSON.
  ///
  /// - Throws: `EncodingError`.
  public static func colorMaps(of catalogue: Catalogue) throws -> Data {
    try PageFile.json(of: catalogue.colorMaps.map(Page.Colors.init))
  }
}

/// A photograph as a page shows it, and where the network's input lies on it.
public struct LivePicture: Encodable, Sendable {
  private let picture: PagePicture

  /// The picture that the network was shown.
  ///
  /// - Throws: An error of writing pictures.
  public init(of answered: AnsweredPicture) throws {
    let painter = Painter(on: answered, style: DrawingStyle(), side: ComparisonSheet.usefulSide)
    picture = try PagePicture(answered, shown: painter.photograph)
  }

  /// The fields of a page's picture.
  public func encode(to encoder: any Encoder) throws { try picture.encode(to: encoder) }
}

/// What methods made of one picture and target, as a page paints it over a picture that it has already.
public struct LivePanels: Encodable, Sendable {
  /// The target.
  let title: String
  /// Where the network's input lies on the picture.
  let geometry: ImageGeometry
  /// The choices ranked first.
  let predictions: [Prediction]
  /// Of a detector, the box that is explained.
  let box: PageBox?
  /// One for each method, in their order.
  let panels: [PagePanel]
  /// For each panel the layer, where it is about one.
  let layers: [String?]

  /// The panels of an explanation.
  ///
  /// - Throws: An error of packing.
  public init(of explained: Explained) throws {
    let inquiry = explained.inquiry
    (title, geometry) = (inquiry.title, explained.subject.geometry)
    predictions = inquiry.target.isSimilarity ? [] : inquiry.picture.predictions(top: 5)
    box = PageBox.asked(in: inquiry)
    panels = try explained.entries.map { entry in
      var panel = try PagePanel(entry, check: nil, showsTexture: false)
      try panel.pack(steps: PackedPlane.steps(for: 0))
      return panel
    }
    layers = explained.entries.map { try? $0.outcome.get().layer.name }
  }
}

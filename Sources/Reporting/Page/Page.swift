import AttributionKit
import Explaining
import Images
import Rendering

/// What a page shows: attributions as numbers, which it colors itself, with all that is known of them.
///
/// All of it is the same in every run.
struct Page: Encodable {
  /// The version of the form that the page's programs read.
  var version = 1
  /// What the network is called.
  let title: String
  /// Its input, and how photographs were prepared for it.
  let subtitle: String
  /// Below all rows, small.
  let footer: [String]
  /// The command that makes the page again.
  let command: String?
  /// What was assumed of the network and the pictures.
  let notes: [String]
  /// What computed it.
  var versions = Report.Versions.current
  /// What maps can be colored with.
  var colorMaps: [Colors] = []
  /// How attributions are drawn at first.
  var style: Style?
  /// What the rows are about, each picture once.
  var pictures: [PagePicture] = []
  /// One for each picture and target.
  var rows: [Row] = []
  /// The methods with their sources.
  var methods: [PageMethod] = []
  /// What came of an evaluation.
  var evaluation: PageEvaluation?

  /// A color map.
  struct Colors: Encodable {
    let name: String
    let isDiverging: Bool
    /// 256 colors from 0 to 1, six hexadecimal digits each.
    let colors: String

    init(_ map: ColorMap) {
      (name, isDiverging) = (map.name, map.isDiverging)
      colors = map.hexadecimal
    }
  }

  /// How attributions are drawn at first.
  struct Style: Encodable {
    let colorMap: String
    let opacity: Float
    /// `evidence`, `signed` or `texture`.
    let pixels: String

    init(_ style: DrawingStyle) {
      (colorMap, opacity, pixels) = (style.colorMap.name, style.opacity, style.pixelDisplay.rawValue)
    }
  }

  /// One picture and target.
  struct Row: Encodable {
    let title: String
    let subtitle: String
    /// The number of the picture; `nil` for one that could not be used.
    var picture: Int?
    /// Why the picture could not be used.
    var refusal: String?
    /// Of a segmentation, how much each place of the network's grid counts for the target.
    var region: PackedPlane?
    /// What captions call the region.
    var regionName: String?
    /// Of a detector, the box that is explained.
    var box: PageBox?
    /// What the network takes the picture for.
    var predictions: [Prediction] = []
    var panels: [PagePanel] = []
  }
}

/// A photograph as rows show it, and where the network's input lies on it.
struct PagePicture: Encodable {
  let name: String
  let extent: String
  let width: Int, height: Int
  let geometry: ImageGeometry
  /// A `data:` address.
  let source: String
  /// The boxes found in it; missing where the network is no detector.
  let boxes: [PageBox]?

  init(_ picture: AnsweredPicture, shown photograph: Raster) throws {
    let subject = picture.subject
    boxes = PageBox.all(of: picture)
    (name, extent) = (subject.name, subject.photographExtent)
    (width, height) = (photograph.width, photograph.height)
    geometry = subject.geometry
    // What is drawn rather than photographed stays exact, and is small besides.
    let exact = try photograph.pngData(workers: Workers(1))
    source =
      exact.count <= Self.mostExact
      ? "data:image/png;base64,\(exact.base64)"
      : "data:image/jpeg;base64,\(try photograph.jpegData(quality: 88).base64)"
  }

  /// Larger pictures are compressed with loss.
  private static let mostExact = 160_000
}

/// A method, and where it comes from.
struct PageMethod: Encodable, Hashable {
  let expression: String
  let title: String
  let sources: [Source]

  /// A publication as reference lists name it.
  struct Source: Encodable, Hashable {
    let name: String
    let citation: String
  }

  init(_ expression: MethodExpression, in catalogue: Catalogue) {
    (self.expression, title) = (expression.identifier, expression.title)
    let combinations = catalogue.combinations.filter { expression.identifier.contains("\($0.identifier)(") }
    let sources =
      combinations.map { Source(name: $0.title, citation: $0.citation) }
      + expression.descriptors.map { Source(name: $0.title, citation: $0.citation) }
    self.sources = sources.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

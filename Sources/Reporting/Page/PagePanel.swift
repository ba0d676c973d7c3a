import AttributionKit
import Evaluating
import Explaining
import Images
import Rendering
import Tensors

/// What one method made of a picture and a target, as numbers.
struct PagePanel: Encodable, Sendable {
  /// The method's expression.
  let method: String
  let title: String
  /// Where the attribution lives.
  var caption = ""
  /// Why there is no attribution.
  var error: String?
  /// `ok`, or why there is nothing to see.
  var status: String?
  var hint: String?
  /// What to know before believing the map.
  var remarks: [String] = []
  /// Of the signed values.
  var range: [Float] = []
  /// `map`, or `pixels`.
  var kind = ""
  /// The signed values of a map, of pixels their sums over the channels.
  var values: PackedPlane?
  /// Of pixels with several channels, the sums of their magnitudes.
  var sizes: PackedPlane?
  /// What full intensity stands for where evidence is shown, and where signs are.
  var evidenceScale: Float = 0, signedScale: Float = 0
  /// The pattern of pixels, a `data:` address, where that is shown at first.
  var texture: String?
  /// How alike the map is to those it should differ from.
  var checks: [Check] = []

  /// The mark of a sanity check.
  struct Check: Encodable, Sendable {
    let letter: String
    let meaning: String
    let similarity: Float?
  }

  init(_ entry: Comparison.Entry, check: SanityCheck?, showsTexture: Bool) throws {
    (method, title) = (entry.expression.identifier, entry.expression.title)
    switch entry.outcome {
    case .failure(let failure): error = ExplainingError(failure).description
    case .success(let attribution):
      caption = Wording.place(of: attribution)
      (status, hint) = ((entry.status ?? attribution.status).rawValue, entry.hint)
      remarks = attribution.remarks + (attribution.completeness.map { [Wording.completeness($0)] } ?? [])
      range = [attribution.range.lowerBound, attribution.range.upperBound]
      checks = check?.checks ?? []
      try show(attribution, showsTexture: showsTexture)
    }
  }

  private mutating func show(_ attribution: Attribution, showsTexture: Bool) throws {
    let evidence = attribution.saliencyMap(.evidence), signed = attribution.saliencyMap(.signed)
    (evidenceScale, signedScale) = (evidence.fullScale ?? 0, signed.fullScale ?? 0)
    let (height, width) = (signed.height, signed.width)
    guard !attribution.isMap else {
      kind = "map"
      values = PackedPlane(attribution.values.scalars, height, width, fullScale: signedScale)
      return
    }
    kind = "pixels"
    let planes = ImageGrid(attribution.values.shape)?.planes(attribution.values) ?? attribution.values
    let area = height * width, channels = planes.scalars.count / area
    let finite = planes.scalars.map { $0.isFinite ? $0 : 0 }
    func sums(_ number: (Float) -> Float) -> [Float] {
      (0..<area).map { place in (0..<channels).reduce(0) { $0 + number(finite[$1 * area + place]) } }
    }
    values = PackedPlane(sums { $0 }, height, width, fullScale: signedScale)
    if channels > 1 { sizes = PackedPlane(sums(abs), height, width, fullScale: evidenceScale) }
    if showsTexture {
      let picture = attribution.saliencyMap(.texture).raster()
      texture = "data:image/png;base64,\(try picture.pngData(workers: Workers(1)).base64)"
    }
  }

  /// Packs the numbers, as finely as `steps` to full intensity.
  mutating func pack(steps: Int) throws {
    try values?.pack(steps: steps)
    try sizes?.pack(steps: steps)
  }
}

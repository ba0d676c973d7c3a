public import AttributionKit
public import Explaining
import Images
import Tensors

/// Writes maps of volumes and films as animated GIFs: a frame for each slice, the map in colour over it.
public struct AnimationWriter: ReportWriter {
  /// Writes animations.
  public init() {}

  /// `gif`.
  public var fileExtensions: [String] { ["gif"] }

  /// No sheet is an animation.
  public var needs: Sheet.Contents { [] }

  /// - Throws: ``ExplainingError``, always: a sheet does not move.
  public func data(of sheet: Sheet) throws -> [UInt8] {
    throw ExplainingError(.usage, "a comparison does not move: write each attribution by itself as .gif")
  }

  /// The slices of a volume along its first plane, axial where its place in the body is known, or a film's frames.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    let attribution = try entry.outcome.get()
    guard let painter = VolumePainter(on: inquiry.picture.subject, style: style) else {
      throw ExplainingError(.usage, "only a volume or a film is written as .gif: of a picture choose .png or .jpg")
    }
    guard let shown = painter.shown(attribution) else {
      throw ExplainingError(
        .data, "the places of layer \(attribution.layer.name) are no slices of the volume: choose another layer")
    }
    let frames = try painter.slices.frames.map { try painter.frame(shown, through: $0) }
    // Twelve seconds at most, and a slice at least long enough to be seen.
    return GIFFile.data(of: frames, delay: min(max(1200 / frames.count, 6), 20))
  }
}

import CCairo
import Images

/// One of cairo's surfaces, destroyed with its owner.
final class Surface {
  let handle: OpaquePointer
  /// What a vector surface writes into; it must outlive the surface.
  private let sink: ByteSink?

  private init(owning handle: OpaquePointer, sink: ByteSink? = nil) throws {
    self.handle = handle
    self.sink = sink
    do { try Self.check(cairo_surface_status(handle)) } catch {
      cairo_surface_destroy(handle)
      throw error
    }
  }

  /// An opaque picture, black at first.
  convenience init(width: Int, height: Int) throws {
    try self.init(owning: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)))
  }

  /// A copy of `raster` to paint with.
  convenience init(_ raster: Raster) throws {
    try self.init(width: raster.width, height: raster.height)
    cairo_surface_flush(handle)
    let stride = Int(cairo_image_surface_get_stride(handle)) / 4
    cairo_image_surface_get_data(handle).withMemoryRebound(to: UInt32.self, capacity: stride * raster.height) {
      pixels in
      raster.samples.withUnsafeBufferPointer { samples in
        for y in 0..<raster.height {
          for x in 0..<raster.width {
            let i = 3 * (y * raster.width + x)
            pixels[y * stride + x] = UInt32(samples[i]) << 16 | UInt32(samples[i + 1]) << 8 | UInt32(samples[i + 2])
          }
        }
      }
    }
    cairo_surface_mark_dirty(handle)
  }

  /// A page of `width` × `height` points.
  static func pdf(width: Double, height: Double, into sink: ByteSink) throws -> Surface {
    let page = try Surface(
      owning: cairo_pdf_surface_create_for_stream(ByteSink.write, sink.address, width, height), sink: sink)
    return page
  }

  /// A drawing of `width` × `height` pixels.
  static func svg(width: Double, height: Double, into sink: ByteSink) throws -> Surface {
    let drawing = try Surface(
      owning: cairo_svg_surface_create_for_stream(ByteSink.write, sink.address, width, height), sink: sink)
    cairo_svg_surface_set_document_unit(drawing.handle, CAIRO_SVG_UNIT_PX)
    return drawing
  }

  /// What was painted on a picture.
  func raster(width: Int, height: Int) -> Raster {
    cairo_surface_flush(handle)
    let stride = Int(cairo_image_surface_get_stride(handle)) / 4
    let samples = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { samples, count in
      cairo_image_surface_get_data(handle).withMemoryRebound(to: UInt32.self, capacity: stride * height) { pixels in
        var i = 0
        for y in 0..<height {
          for x in 0..<width {
            let pixel = pixels[y * stride + x]
            samples[i] = UInt8(pixel >> 16 & 255)
            samples[i + 1] = UInt8(pixel >> 8 & 255)
            samples[i + 2] = UInt8(pixel & 255)
            i += 3
          }
        }
      }
      count = 3 * width * height
    }
    return Raster(width: width, height: height, samples: samples)
  }

  /// Writes out what is still pending; nothing can be drawn afterwards.
  func finish() throws {
    cairo_surface_finish(handle)
    try Self.check(cairo_surface_status(handle))
  }

  static func check(_ status: cairo_status_t) throws {
    guard status == CAIRO_STATUS_SUCCESS else {
      throw RenderingError.drawing(String(cString: cairo_status_to_string(status)))
    }
  }

  deinit { cairo_surface_destroy(handle) }
}

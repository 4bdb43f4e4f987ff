using System.Text;
using Engine.Edge.Registry;
using Engine.Fields;
using Engine.Http1;

namespace Engine.Edge.Requests;

/// <summary>Writes the fields that a visitor gets from those that came out of the tunnel.</summary>
/// <remarks>Owned by one exchange at a time.</remarks>
internal sealed class ResponseWriter
{
    /// <summary>The fields for the visitor.</summary>
    public FieldList Fields { get; } = new();

    /// <summary>Fills <see cref="Fields"/> with a response's.</summary>
    /// <param name="response">The response.</param>
    /// <param name="traceId">The id of this exchange.</param>
    /// <returns>False when a field could break the framing of what follows: the connector is not to be believed.</returns>
    public bool Write(in TunnelResponse response, string traceId)
    {
        Fields.Clear();
        var source = response.Fields;
        foreach (var field in source)
        {
            if (field.IsPseudo || IsOurs(field.Name) || IsForThisHop(source, field.Name, response.IsUpgrade) || IsLengthOfNothing(response.Status, field.Name))
            {
                continue;
            }

            if (!FieldRules.IsSafe(field.Name, field.Value))
            {
                return false;
            }

            Fields.Add(field.Name, field.Value, field.IsSensitive);
        }

        if (!response.IsInformational)
        {
            Fields.Add("cf-ray"u8, traceId);
        }

        return true;
    }

    /// <summary>Fills <see cref="Fields"/> with what may pass of a response's trailers.</summary>
    /// <returns>Whether anything did.</returns>
    public bool WriteTrailers(FieldList trailers)
    {
        Fields.Clear();
        foreach (var field in trailers)
        {
            if (!field.IsPseudo &&
                Http1Fields.IsAllowedInTrailers(field.Name) &&
                !HopByHop.Contains(field.Name) &&
                !IsOurs(field.Name) &&
                FieldRules.IsSafe(field.Name, field.Value))
            {
                Fields.Add(field.Name, field.Value, field.IsSensitive);
            }
        }

        return Fields.Count > 0;
    }

    private static bool IsForThisHop(FieldList source, ReadOnlySpan<byte> name, bool isUpgrade)
    {
        if (isUpgrade && (Ascii.EqualsIgnoreCase(name, "upgrade"u8) || Ascii.EqualsIgnoreCase(name, "connection"u8)))
        {
            return false;
        }

        return HopByHop.Contains(name) || HopByHop.IsNamedByConnection(source, name);
    }

    /// <summary>An interim answer and a switch of protocols have no body to announce (RFC 9110 §8.6).</summary>
    private static bool IsLengthOfNothing(int status, ReadOnlySpan<byte> name) =>
        status < 200 && Ascii.EqualsIgnoreCase(name, "content-length"u8);

    /// <summary>Names under which only the edge itself speaks to a visitor.</summary>
    private static bool IsOurs(ReadOnlySpan<byte> name) =>
        ForbiddenFields.HasPrefix(name, "engine-"u8) ||
        ForbiddenFields.HasPrefix(name, "cf-cloudflared-"u8) ||
        ForbiddenFields.HasPrefix(name, "cf-int-"u8) ||
        ForbiddenFields.HasPrefix(name, "cf-proxy-"u8) ||
        ForbiddenFields.Is(name, "cf-ray"u8);
}
